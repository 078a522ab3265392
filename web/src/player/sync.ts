/**
 * Keeping two players in step: pure decisions, applied by the controller.
 *
 * The side that is heard leads and is never touched, so that nobody hears a correction. The other
 * one is muted, and may be hurried or slowed as much as it takes.
 */

export type Side = "a" | "b";

/** What to do about a player that should be at `target` but is at `actual`. */
export type Correction =
  | { readonly kind: "none" }
  /** Play faster or slower until the drift is gone. */
  | { readonly kind: "nudge"; readonly rate: number }
  | { readonly kind: "seek"; readonly to: number };

/** A drift beyond this is jumped over; smaller ones are closed by speed. */
const SEEK_BEYOND_SECONDS = 0.4;
/** How quickly a nudge closes a drift, in seconds of the clock on the wall. */
const CLOSE_WITHIN_SECONDS = 0.3;
/** Speeds change by at most this share: beyond it, browsers skip frames. */
const MAX_NUDGE = 0.5;
/** Speeds change in steps of this share: each change costs the browser something. */
const NUDGE_STEP = 0.05;

/**
 * Decides for a playing follower. `rate` is the speed it should have by itself, `frame` the length
 * of one frame: a drift of less than half of one cannot be seen.
 */
export function correct(target: number, actual: number, rate: number, frame: number): Correction {
  const drift = target - actual;
  // What is left when it has played on for a moment counts, however fast it plays.
  const seconds = drift / Math.max(rate, 1e-3);
  if (Math.abs(drift) <= frame / 2) return { kind: "none" };
  if (Math.abs(seconds) > SEEK_BEYOND_SECONDS) return { kind: "seek", to: target };
  const nudge = Math.min(Math.max(seconds / CLOSE_WITHIN_SECONDS, -MAX_NUDGE), MAX_NUDGE);
  const stepped = Math.sign(nudge) * Math.max(Math.round(Math.abs(nudge) / NUDGE_STEP) * NUDGE_STEP, NUDGE_STEP);
  return { kind: "nudge", rate: rate * (1 + stepped) };
}

/**
 * The time to ask a player for so that it shows the frame at `time`: the middle of the frame, away
 * from both edges, where rounding cannot pick a neighbour.
 */
export function frameCentre(time: number, frameRate: number, duration: number): number {
  const rate = frameRate > 0 ? frameRate : 25;
  const centre = (Math.floor(time * rate + 1e-3) + 0.5) / rate;
  return Math.min(centre, Math.max(0, duration - 0.25 / rate));
}

/** One frame on or back from `time`, on the grid of `frameRate`. */
export function stepFrame(time: number, frameRate: number, frames: number): number {
  const rate = frameRate > 0 ? frameRate : 25;
  return (Math.floor(time * rate + 1e-3) + frames) / rate;
}

const SHUTTLE = [1, 2, 4, 8] as const;

/**
 * The speed after J (`direction` -1) or L (+1): each press in the same direction doubles it, the
 * other direction starts anew. 0 is a stop.
 */
export function shuttle(speed: number, direction: 1 | -1): number {
  if (Math.sign(speed) !== direction) return direction;
  const index = SHUTTLE.indexOf(Math.abs(speed) as (typeof SHUTTLE)[number]);
  return direction * (SHUTTLE[Math.min(index + 1, SHUTTLE.length - 1)] ?? 1);
}
