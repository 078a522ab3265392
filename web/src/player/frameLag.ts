/**
 * How far the frames on the screen are behind a player's clock, in seconds of the clock on the wall.
 *
 * Two players whose clocks agree may still show different frames: each decodes and composes in its
 * own time. Browsers tell which frame is shown when. A frame comes with the first picture of the
 * screen after it is due, so what is read differs by up to such a picture, in turns: the mean
 * of many is free of that, and without the extremes it is not misled by those that came late.
 */

/** What `requestVideoFrameCallback` tells of a frame; milliseconds, and seconds of the file. */
export interface SeenFrame {
  readonly expectedDisplayTime: number;
  readonly mediaTime: number;
}

/** So much is remembered: browsers keep a pattern of frames for seconds, then go over to another. */
const KEPT_MS = 1000;
/** Fewer say nothing; of slow play, more is remembered. */
const LEAST_KEPT = 12;
/** The share that is left out at either end. */
const LEFT_OUT = 1 / 8;
/** More than this is a seek or a stall, which the next frames tell better. */
const MOST_SECONDS = 0.25;

export class FrameLag {
  readonly #last: { readonly now: number; readonly lag: number }[] = [];

  /** `clock`: the player's time at `now`, which must be when it was read. `rate`: its speed. */
  add({ expectedDisplayTime, mediaTime }: SeenFrame, now: number, clock: number, rate: number): void {
    if (rate <= 0) return;
    const then = clock + ((expectedDisplayTime - now) / 1000) * rate;
    const lag = (then - mediaTime) / rate;
    if (Math.abs(lag) > MOST_SECONDS) return;
    this.#last.push({ now, lag });
    while (this.#last.length > LEAST_KEPT && now - (this.#last[0]?.now ?? now) > KEPT_MS) this.#last.shift();
  }

  /** After a seek, what was learned still holds for this player: only a new source starts anew. */
  get seconds(): number {
    if (this.#last.length < LEAST_KEPT) return 0;
    const ordered = this.#last.map(({ lag }) => lag).sort((x, y) => x - y);
    const out = Math.floor(ordered.length * LEFT_OUT);
    const kept = ordered.slice(out, ordered.length - out);
    return kept.reduce((sum, lag) => sum + lag, 0) / kept.length;
  }
}
