/** Frames that are asked for, and speeds of J and L. */

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
