/** How fast forward play is, and the stretch between an in and an out point. */
import type { Stretch } from "./controller";

export const PACES = [0.25, 0.5, 1, 2, 4] as const;

/** The next faster (1) or slower (-1) pace; the last one stays. */
export function nextPace(pace: number, direction: 1 | -1): number {
  const index = PACES.findIndex((known) => known >= pace);
  return PACES[Math.min(Math.max(index + direction, 0), PACES.length - 1)] ?? 1;
}

/** From `time` on to the out point, or to the end where there is none behind. */
export function withIn(loop: Stretch | undefined, time: number, duration: number): Stretch {
  return { start: time, end: loop && loop.end > time ? loop.end : duration };
}

/** From the in point, or from the start where there is none before, to `time`. */
export function withOut(loop: Stretch | undefined, time: number): Stretch {
  return { start: loop && loop.start < time ? loop.start : 0, end: time };
}
