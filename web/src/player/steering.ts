/**
 * Keeping a playing follower in step: pure decisions, applied by its player.
 *
 * The side that is heard leads and is never touched, so that nobody hears a correction. The other
 * one is not heard, and is hurried or slowed. Clocks of players jitter by a good part of a frame, and a
 * speed that changes with each reading would follow the jitter: so readings are averaged, what they
 * say is closed in one go of known length, and only then is it read again.
 */

/** What to do about a player. */
export type Correction =
  | { readonly kind: "none" }
  /** Play at this speed for now. */
  | { readonly kind: "nudge"; readonly rate: number }
  | { readonly kind: "seek"; readonly to: number };

/** Where a player should be and is, in seconds of the file, and when that was read, in seconds. */
export interface Reading {
  readonly now: number;
  readonly target: number;
  readonly actual: number;
  /** The speed that it should have by itself. */
  readonly rate: number;
  /** How long one of its frames stays on the screen, in seconds on the wall. */
  readonly frame: number;
}

/**
 * What is left alone: of a frame, and in seconds on the wall. A screen shows frames for whole pictures
 * of its own, so this much makes both differ by one such picture in several, which is less than a frame;
 * a correction moves the picture by as much until the browser has found into its turns again, a second
 * later. Half: the follower is corrected all the time, and is off by a whole frame three times as often.
 */
const LEAVE_FRAMES = 0.2;
const LEAVE_SECONDS = 0.008;
/** How long readings are averaged at most, in seconds. */
const AVERAGE_SECONDS = 2.4;
/** For so long after a correction, clocks still come nearer to what was asked for. */
const SETTLE_SECONDS = 0.25;
/** What is further off than this, in seconds on the wall, is no jitter: it is closed at once. */
const SURE_SECONDS = 0.05;
/** What is sure after a second of reading, in seconds on the wall; after two it is half of that. */
const SURE_AFTER_A_SECOND = 0.003;
/** A drift beyond this is jumped over; smaller ones are closed by speed. */
const SEEK_BEYOND_SECONDS = 0.4;
/** How long a correction is to take, in seconds on the wall. */
const CLOSE_WITHIN_SECONDS = 0.3;
/** The shares by which speeds change: browsers skip frames beyond the most. */
const LEAST_NUDGE = 0.02;
const MOST_NUDGE = 0.5;

const NONE: Correction = { kind: "none" };

interface Nudge {
  readonly share: number;
  readonly until: number;
}

export class Steering {
  #readings: { readonly now: number; readonly seconds: number }[] = [];
  #nudge: Nudge | undefined;
  #settledAt = -Infinity;
  #lastAt = -Infinity;
  #rate = 0;

  /** Forgets what was read: the player is sent elsewhere. */
  reset(): void {
    this.#readings = [];
    this.#nudge = undefined;
    this.#settledAt = -Infinity;
  }

  /** Whether the player has a speed of its own for now. */
  get nudging(): boolean {
    return this.#nudge !== undefined;
  }

  decide({ now, target, actual, rate, frame }: Reading): Correction {
    if (rate !== this.#rate) this.reset();
    this.#rate = rate;
    const tick = now - this.#lastAt;
    this.#lastAt = now;
    // What is left when it has played on for a moment counts, however fast it plays.
    const seconds = (target - actual) / Math.max(rate, 1e-3);
    if (Math.abs(seconds) > SEEK_BEYOND_SECONDS) {
      this.reset();
      return { kind: "seek", to: target };
    }
    if (this.#nudge) return this.#goOn(this.#nudge, now, tick);
    if (Math.abs(seconds) > SURE_SECONDS) return this.#begin(seconds, now);
    const mean = this.#average(seconds, now);
    const sure = SURE_AFTER_A_SECOND / this.#readFor(now);
    const worth = Math.min(LEAVE_FRAMES * frame, LEAVE_SECONDS);
    return Math.abs(mean) > Math.max(sure, worth) ? this.#begin(mean, now) : NONE;
  }

  /** The mean of what was read of late; while clocks still settle, of the last reading alone. */
  #average(seconds: number, now: number): number {
    if (now < this.#settledAt) this.#readings = [];
    this.#readings.push({ now, seconds });
    this.#readings = this.#readings.filter((reading) => now - reading.now <= AVERAGE_SECONDS);
    return this.#readings.reduce((sum, reading) => sum + reading.seconds, 0) / this.#readings.length;
  }

  #readFor(now: number): number {
    return now - (this.#readings[0]?.now ?? now);
  }

  #begin(seconds: number, now: number): Correction {
    const size = Math.min(Math.max(Math.abs(seconds) / CLOSE_WITHIN_SECONDS, LEAST_NUDGE), MOST_NUDGE);
    this.#readings = [];
    this.#nudge = { share: Math.sign(seconds) * size, until: now + Math.abs(seconds) / size };
    return this.#nudged(this.#nudge);
  }

  #goOn(nudge: Nudge, now: number, tick: number): Correction {
    // It ends with a tick: with that which is nearest.
    if (now + tick / 2 < nudge.until) return this.#nudged(nudge);
    this.#nudge = undefined;
    this.#settledAt = now + SETTLE_SECONDS;
    return NONE;
  }

  #nudged({ share }: Nudge): Correction {
    return { kind: "nudge", rate: this.#rate * (1 + share) };
  }
}
