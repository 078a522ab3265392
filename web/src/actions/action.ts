/** What can be done on the comparison page. An action owns its keys and its effect; what it is called, texts know. */
import type { Edit } from "../domain/edits";
import type { PlayerController, Stretch } from "../player/controller";
import type { ViewControl } from "../player/useViewing";
import type { Viewing } from "../player/viewing";
import { texts, type Texts } from "../texts";

export type ActionId = keyof Texts["actions"]["labels"];
export type ActionGroup = keyof Texts["actions"]["groups"];

/** What actions work on. */
export interface ActionContext {
  readonly player: PlayerController;
  /** The edits that are listed, in order of time, each with its stretch of the master timeline. */
  readonly edits: readonly { readonly edit: Edit; readonly stretch: Stretch }[];
  /** What is laid over the timeline, in order of time. */
  readonly markers: readonly { readonly stretch: Stretch }[];
  readonly selected: Edit | undefined;
  readonly select: (edit: Edit) => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  /** How both pictures are looked at. */
  readonly viewing: Viewing;
  readonly view: ViewControl;
  /** Begins a note at the playhead; undefined where none can be written. */
  readonly write: (() => void) | undefined;
  /** Turns a mark of the selected edit on or off; undefined where none can be marked. */
  readonly decide: ((what: "reviewed" | "ignored") => void) | undefined;
  /** Shows the pictures with their transport on the whole screen, or goes back. */
  readonly fullScreen: () => void;
  /** Saves both pictures at the playhead. */
  readonly saveStill: () => void;
  /** Shows how alike every part of A is to every part of B. */
  readonly showMatrix: () => void;
  readonly showHelp: () => void;
}

export interface Action {
  readonly id: ActionId;
  readonly group: ActionGroup;
  /** What it has by itself: `KeyboardEvent.key` values; `Shift+` before a key asks for the shift key. */
  readonly keys: readonly string[];
  readonly enabled?: (context: ActionContext) => boolean;
  readonly run: (context: ActionContext) => void;
  /** Of what goes on only while its key is held: ends it. */
  readonly release?: (context: ActionContext) => void;
}

const SIGNS: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A key as people know it. */
export function keyName(key: string): string {
  const { keyNames, withShift } = texts().actions;
  const plain = key.replace("Shift+", "");
  const words: Readonly<Record<string, string>> = keyNames;
  const name = SIGNS[plain] ?? words[plain] ?? (plain.length === 1 ? plain.toUpperCase() : plain);
  return key.startsWith("Shift+") ? withShift(name) : name;
}

const ARIA_NAMES: Record<string, string> = { " ": "Space", "+": "Plus" };

/** Keys as `aria-keyshortcuts` has them: alternatives with spaces between. */
export function ariaKeys(keys: readonly string[]): string {
  return keys
    .map((key) => {
      const plain = key.replace(/^Shift\+(?=.)/, "");
      return `${plain === key ? "" : "Shift+"}${ARIA_NAMES[plain] ?? (plain.length === 1 ? plain.toUpperCase() : plain)}`;
    })
    .join(" ");
}

/** Keys for a tooltip. */
export function shortcutOf(keys: readonly string[]): string {
  return texts().actions.anyOf(keys.map(keyName));
}
