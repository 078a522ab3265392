/**
 * Which keys mean which action: the registry's own, and what a person has changed, kept in the browser.
 *
 * A key means one action. What a person chose comes before what an action has by itself, also when a
 * later version of the page brings an action that has the key by itself.
 */
import type { Action } from "./action";

/** The keys of those actions that were changed, by id. */
export type KeyChanges = Readonly<Record<string, readonly string[]>>;

/** What a binding is about; the registry's actions are such. */
export type Bindable = Pick<Action, "id" | "keys">;

/** The keys of every action, by id. */
export type Keys = ReadonlyMap<string, readonly string[]>;

export function keysOf(actions: readonly Bindable[], changes: KeyChanges): Keys {
  const claimed = new Set(actions.flatMap(({ id }) => changes[id] ?? []));
  return new Map(
    actions.map(({ id, keys }) => [id, changes[id] ?? keys.filter((key) => !claimed.has(key))]),
  );
}

/** The action that a key means. */
export function ownerOf<T extends Bindable>(key: string, actions: readonly T[], changes: KeyChanges): T | undefined {
  const keys = keysOf(actions, changes);
  return actions.find(({ id }) => keys.get(id)?.includes(key));
}

/** Gives a key to an action, which had others before; whoever had the key goes without it. */
export function withKey(changes: KeyChanges, action: Bindable, key: string): KeyChanges {
  const others = Object.entries(changes).map(([id, keys]) => [id, keys.filter((own) => own !== key)] as const);
  return { ...Object.fromEntries(others), [action.id]: [key] };
}

/** An action has its own keys again, but for those that were given to others. */
export function withOwnKeys(changes: KeyChanges, { id }: Bindable): KeyChanges {
  return Object.fromEntries(Object.entries(changes).filter(([other]) => other !== id));
}

const NEVER = new Set(["Escape", "Tab", "Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Dead", "Process", "Unidentified"]);

/** The name of what was pressed, as actions have it; undefined for what stays the browser's. */
export function keyOf(press: Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">): string | undefined {
  const { key, shiftKey } = press;
  if (press.ctrlKey || press.metaKey || press.altKey || NEVER.has(key)) return undefined;
  if (key.length > 1) return shiftKey ? `Shift+${key}` : key;
  const letter = key.toLowerCase() !== key.toUpperCase();
  return shiftKey && letter ? `Shift+${key.toLowerCase()}` : key.toLowerCase();
}

/** What was kept; nothing where it is not what it should be. */
export function parseChanges(text: string | null): KeyChanges {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? "{}");
  } catch {
    return {};
  }
  if (typeof kept !== "object" || kept === null) return {};
  const taken = new Set<string>();
  const changes: Record<string, readonly string[]> = {};
  for (const [id, keys] of Object.entries(kept)) {
    if (!Array.isArray(keys)) continue;
    const free = keys.filter((key): key is string => typeof key === "string" && !taken.has(key));
    free.forEach((key) => taken.add(key));
    changes[id] = free;
  }
  return changes;
}
