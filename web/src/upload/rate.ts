/** How fast an upload goes, smoothed, and how long the rest will take. */

export interface RateSample {
  readonly atMs: number;
  readonly bytes: number;
}

/** Measures over a sliding window: steady enough to read, quick enough to believe. */
export class RateMeter {
  #samples: RateSample[] = [];

  constructor(private readonly windowMs = 5000) {}

  add(sample: RateSample): void {
    this.#samples.push(sample);
    const oldest = sample.atMs - this.windowMs;
    // One sample older than the window stays, so that a slow link still has a rate.
    while (this.#samples.length > 2 && (this.#samples[1]?.atMs ?? Infinity) < oldest) {
      this.#samples.shift();
    }
  }

  /** Bytes a second; undefined before there is anything to tell. */
  bytesPerSecond(): number | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.atMs - first.atMs < 200) return undefined;
    return Math.max(0, ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs));
  }

  /** Seconds until `remaining` bytes have left; undefined while nothing moves. */
  secondsFor(remaining: number): number | undefined {
    const rate = this.bytesPerSecond();
    return rate ? remaining / rate : undefined;
  }
}
