/**
 * Which previews a part of a video needs at the density at which it is shown. Pure; times in seconds.
 *
 * They come in windows on a fixed grid, each level twice as dense as the one above, so that panning
 * and zooming ask for the same ones again and again.
 */
import { positionAt, slotIndexAt, type MasterTimeline } from "../domain/masterTimeline";
import type { View } from "./zoom";

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface StripRequest {
  readonly video: string;
  /** In order, at least one. */
  readonly times: readonly number[];
}

export function stripKey({ video, times }: StripRequest): string {
  return `${video} ${times.map((time) => time.toFixed(3)).join(" ")}`;
}

/** A part of the grid: so many values from `start` to `end`. */
export interface Window extends Range {
  readonly count: number;
}

/** Nothing changes more often than this. */
const LEAST_STEP = 0.04;

/**
 * The windows of `count` values that cover the ranges with at least one value every `step` seconds.
 * None where `base` values over the whole video are dense enough.
 */
export function windowsOf(duration: number, base: number, count: number, step: number, ranges: readonly Range[]): Window[] {
  const coarse = duration / base;
  if (step >= coarse || duration <= 0) return [];
  const level = Math.ceil(Math.log2(coarse / Math.max(step, LEAST_STEP)));
  const span = (coarse / 2 ** Math.max(level, 1)) * count;
  const numbers = new Set<number>();
  for (const { start, end } of ranges) {
    for (let number = Math.floor(start / span); number * span < Math.min(end, duration); number += 1) numbers.add(number);
  }
  return [...numbers].map((number) => ({ start: number * span, end: (number + 1) * span, count }));
}

/** The middles of a window's stretches, as far as the video goes. */
export function timesOf({ start, end, count }: Window, duration: number): number[] {
  const step = (end - start) / count;
  return Array.from({ length: count }, (_, index) => start + (index + 0.5) * step).filter((time) => time < duration);
}

/** What of a version is in view, stretch by stretch: moved parts lie elsewhere. */
export function rangesInView(master: MasterTimeline, side: "a" | "b", view: View): Range[] {
  const ranges: Range[] = [];
  for (let index = slotIndexAt(master, view.start); index < master.slots.length; index += 1) {
    const slot = master.slots[index];
    if (!slot || slot.start >= view.end) break;
    if ((side === "a" ? slot.rateA : slot.rateB) === 0) continue;
    const start = positionAt(master, Math.max(view.start, slot.start))?.[side];
    // A moment before its end, which belongs to the next slot.
    const end = positionAt(master, Math.min(view.end, slot.end) - 1e-9)?.[side];
    if (start !== undefined && end !== undefined) ranges.push({ start, end });
  }
  return ranges;
}
