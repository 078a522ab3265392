/** By how much a version is shown earlier or later than the comparison has it, in seconds. */
import { texts } from "../texts";
import type { Side } from "./model";

export type Nudges = Readonly<Record<Side, number>>;

export const NO_NUDGES: Nudges = { a: 0, b: 0 };
export const NUDGE_MAX_SECONDS = 5;
export const FINE_SECONDS = 0.01;

/** Another nudge of one side: in milliseconds, and no more than what still is a correction. */
export function nudged(nudges: Nudges, side: Side, by: number): Nudges {
  const seconds = Math.round((nudges[side] + by) * 1000) / 1000;
  return { ...nudges, [side]: Math.min(Math.max(seconds, -NUDGE_MAX_SECONDS), NUDGE_MAX_SECONDS) };
}

/** "+40 ms": what is shown is later in the file than it would be. */
export function nudgeInWords(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  return `${ms > 0 ? "+" : ms < 0 ? "−" : ""}${texts().domain.milliseconds(Math.abs(ms))}`;
}
