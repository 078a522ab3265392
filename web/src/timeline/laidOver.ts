/** Markers, subtitles and the like of one version, where the time map has them in the other. Pure. */
import type { Side } from "../domain/model";
import { masterOfA, masterOfB, type MasterTimeline } from "../domain/masterTimeline";

/** What became of an item; seconds, without an end a moment. */
export interface Carried {
  readonly text: string;
  readonly fate: "carried" | "doubtful" | "lost";
  readonly from: Times;
  readonly to: readonly Times[];
}

interface Times {
  readonly start: number;
  readonly end: number | undefined;
}

/** An item at one of its places; master seconds. */
export interface LaidItem {
  readonly text: string;
  readonly fate: Carried["fate"];
  readonly stretch: { readonly start: number; readonly end: number };
}

/** In order of time. What is lost lies where the version has it that it was made for. */
export function layOver(items: readonly Carried[], madeFor: Side, master: MasterTimeline): LaidItem[] {
  const other = madeFor === "a" ? "b" : "a";
  return items
    .flatMap(({ text, fate, from, to }) =>
      to.length > 0
        ? to.map((times) => ({ text, fate, stretch: placed(times, other, master) }))
        : [{ text, fate, stretch: placed(from, madeFor, master) }],
    )
    .sort((x, y) => x.stretch.start - y.stretch.start || x.stretch.end - y.stretch.end);
}

function placed({ start, end }: Times, side: Side, master: MasterTimeline): LaidItem["stretch"] {
  const at = side === "a" ? masterOfA : masterOfB;
  const first = at(master, start);
  return { start: first, end: end === undefined ? first : Math.max(first, at(master, end)) };
}

/** The items that begin where the playhead stands. */
export function itemsAt(items: readonly LaidItem[], time: number): readonly LaidItem[] {
  return items.filter(({ stretch }) => Math.abs(stretch.start - time) < 0.02);
}
