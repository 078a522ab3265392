/** Which action a key press means. */
import { useEffect, useMemo, useRef } from "react";
import type { Action, ActionContext } from "./action";
import { ALL_ACTIONS } from "./actions";
import type { Keys } from "./bindings";
import { useKeySettings } from "./keyStore";

/** What of a keyboard event decides. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Every key with its action. */
export function keymapOf(actions: readonly Action[], keys: Keys): ReadonlyMap<string, Action> {
  return new Map(actions.flatMap((action) => (keys.get(action.id) ?? []).map((key) => [key, action] as const)));
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

/** Runs actions on key presses anywhere on the page. */
export function useKeymap(context: ActionContext): void {
  const { keys } = useKeySettings();
  const keymap = useMemo(() => keymapOf(ALL_ACTIONS, keys), [keys]);
  const latest = useRef(context);
  useEffect(() => {
    latest.current = context;
  });
  useEffect(() => {
    const held = new Map<string, Action>();
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || usedBy(event.target, event.key)) return;
      const action = actionFor(event, keymap);
      if (!action || action.enabled?.(latest.current) === false) return;
      event.preventDefault();
      if (action.release) {
        if (event.repeat) return;
        held.set(event.key.toLowerCase(), action);
      }
      action.run(latest.current);
    };
    const letGo = (key: string): void => {
      const action = held.get(key);
      held.delete(key);
      action?.release?.(latest.current);
    };
    const letGoOfAll = (): void => [...held.keys()].forEach(letGo);
    const release = (event: KeyboardEvent): void => letGo(event.key.toLowerCase());
    window.addEventListener("keydown", press);
    window.addEventListener("keyup", release);
    // Whoever leaves the window lets go of its keys without telling.
    window.addEventListener("blur", letGoOfAll);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("keyup", release);
      window.removeEventListener("blur", letGoOfAll);
    };
  }, [keymap]);
}
