/** Keeping two players in step: pure decisions, applied by the controller. */

export type Side = "a" | "b";

/** What to do about a player that should be at `target` but is at `actual`. */
export type Correction =
  | { readonly kind: "none" }
  /** Play a little faster or slower until the drift is gone. */
  | { readonly kind: "nudge"; readonly rate: number }
  | { readonly kind: "seek"; readonly to: number };

/** A drift beyond this is jumped over; smaller ones are closed by speed. */
const SEEK_BEYOND_SECONDS = 0.35;
/** How quickly a nudge closes a drift, in seconds. */
const CLOSE_WITHIN_SECONDS = 0.8;
/** Speeds change by at most this share, so that nobody hears it. */
const MAX_NUDGE = 0.12;

/**
 * Decides for a playing follower. `rate` is the speed it should have by itself, `frame` the length
 * of one frame: a drift within one frame cannot be seen.
 */
export function correct(target: number, actual: number, rate: number, frame: number): Correction {
  const drift = target - actual;
  if (Math.abs(drift) <= frame) return { kind: "none" };
  if (Math.abs(drift) > SEEK_BEYOND_SECONDS) return { kind: "seek", to: target };
  const nudge = Math.min(Math.max(drift / CLOSE_WITHIN_SECONDS, -MAX_NUDGE), MAX_NUDGE);
  return { kind: "nudge", rate: rate * (1 + nudge) };
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
