/** Which action a key press means. */
import { useEffect, useRef } from "react";
import type { Action, ActionContext } from "./action";
import { ALL_ACTIONS } from "./actions";

/** What of a keyboard event decides. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Every key with its action. A key that two actions claim is a mistake, found by the tests. */
export function keymapOf(actions: readonly Action[]): ReadonlyMap<string, Action> {
  return new Map(actions.flatMap((action) => action.keys.map((key) => [key, action] as const)));
}

export function actionFor(press: KeyPress, keymap: ReadonlyMap<string, Action>): Action | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return (press.shiftKey ? keymap.get(`Shift+${key}`) : undefined) ?? keymap.get(key);
}

/** Keys that the control in focus uses itself. */
function usedBy(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]")) return true;
  if (target.closest("[role=slider]") && /^(Arrow|Home|End|Page)/.test(key)) return true;
  if (target.closest("[role=radio], [role=radiogroup]") && key.startsWith("Arrow")) return true;
  return target.closest("button, a, summary") !== null && (key === " " || key === "Enter");
}

const KEYMAP = keymapOf(ALL_ACTIONS);

/** Runs actions on key presses anywhere on the page. */
export function useKeymap(context: ActionContext): void {
  const latest = useRef(context);
  useEffect(() => {
    latest.current = context;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || usedBy(event.target, event.key)) return;
      const action = actionFor(event, KEYMAP);
      if (!action || action.enabled?.(latest.current) === false) return;
      event.preventDefault();
      action.run(latest.current);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
}
