import type { ReactNode } from "react";
import { useTexts } from "../texts/useTexts";
import { IconButton } from "../ui/Button";
import { ariaKeys, shortcutOf, type Action, type ActionContext } from "./action";
import { useKeySettings } from "./keyStore";

interface ActionButtonProps {
  readonly action: Action;
  readonly context: ActionContext;
  /** Instead of the action's own. */
  readonly label?: string;
  readonly pressed?: boolean | undefined;
  readonly children: ReactNode;
}

/** A button that does what the action's keys do, and names them. */
export function ActionButton({ action, context, label, pressed, children }: ActionButtonProps) {
  const { labels } = useTexts().actions;
  const keys = useKeySettings().keys.get(action.id) ?? [];
  return (
    <IconButton
      label={label ?? labels[action.id]}
      shortcut={shortcutOf(keys)}
      keyShortcuts={ariaKeys(keys) || undefined}
      pressed={pressed}
      disabled={action.enabled?.(context) === false}
      onClick={() => action.run(context)}
    >
      {children}
    </IconButton>
  );
}
