/** What can be done on the comparison page. An action owns its label, keys and effect. */
import type { Edit } from "../comparison/edits";
import type { ViewerLayout } from "../player/Viewer";
import type { PlayerController, Stretch } from "../player/controller";

/** What actions work on. */
export interface ActionContext {
  readonly player: PlayerController;
  /** The edits that are listed, in order of time, each with its stretch of the master timeline. */
  readonly edits: readonly { readonly edit: Edit; readonly stretch: Stretch }[];
  readonly selected: Edit | undefined;
  readonly select: (edit: Edit) => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly show: (layout: ViewerLayout) => void;
  /** Begins a note at the playhead; undefined where none can be written. */
  readonly write: (() => void) | undefined;
  /** Turns a mark of the selected edit on or off; undefined where none can be marked. */
  readonly decide: ((what: "reviewed" | "ignored") => void) | undefined;
  /** Shows the pictures with their transport on the whole screen, or goes back. */
  readonly fullScreen: () => void;
  /** Saves both pictures at the playhead. */
  readonly saveStill: () => void;
  readonly showHelp: () => void;
}

export interface Action {
  readonly id: string;
  readonly label: string;
  readonly group: "Playing" | "Edits" | "Review" | "Pictures" | "Timeline" | "Page";
  /** `KeyboardEvent.key` values; `Shift+` before a key asks for the shift key. */
  readonly keys: readonly string[];
  readonly enabled?: (context: ActionContext) => boolean;
  readonly run: (context: ActionContext) => void;
}

const NAMES: Record<string, string> = {
  " ": "Space",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A key as people know it. */
export function keyName(key: string): string {
  const plain = key.replace("Shift+", "");
  const name = NAMES[plain] ?? (plain.length === 1 ? plain.toUpperCase() : plain);
  return key.startsWith("Shift+") ? `Shift ${name}` : name;
}

/** The keys of an action for a tooltip. */
export function shortcutOf(action: Action): string {
  return action.keys.map(keyName).join(" or ");
}
