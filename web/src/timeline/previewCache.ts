/**
 * Previews as they are needed: of what is wanted now, few at a time; what nobody wants any more is
 * not begun, and given back once too many are kept.
 */

export type Fetch<R, V> = (request: R, signal: AbortSignal) => Promise<V>;

const AT_A_TIME = 2;
const MOST_KEPT = 80;

export class PreviewCache<R, V> {
  /** The one that was asked for longest ago first; undefined is one that could not be had. */
  readonly #kept = new Map<string, V | undefined>();
  readonly #running = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #abort = new AbortController();
  #wanted: readonly R[] = [];
  #version = 0;

  constructor(
    private readonly keyOf: (request: R) => string,
    private readonly fetch: Fetch<R, V>,
    private readonly release: (value: V) => void = () => undefined,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Another number whenever there is something new. */
  readonly snapshot = (): number => this.#version;

  get(request: R): V | undefined {
    return this.#kept.get(this.keyOf(request));
  }

  /** What is in sight now, the most important first. */
  want(requests: readonly R[]): void {
    this.#wanted = requests;
    for (const request of requests) {
      const key = this.keyOf(request);
      const value = this.#kept.get(key);
      if (value !== undefined) {
        this.#kept.delete(key);
        this.#kept.set(key, value);
      }
    }
    this.#begin();
  }

  dispose(): void {
    this.#abort.abort();
    this.#kept.forEach((value) => value !== undefined && this.release(value));
    this.#kept.clear();
  }

  #begin(): void {
    for (const request of this.#wanted) {
      const key = this.keyOf(request);
      if (this.#running.size >= AT_A_TIME) return;
      if (this.#running.has(key) || this.#kept.has(key)) continue;
      this.#running.add(key);
      this.fetch(request, this.#abort.signal).then(
        (value) => this.#arrived(key, value),
        () => this.#arrived(key, undefined),
      );
    }
  }

  #arrived(key: string, value: V | undefined): void {
    this.#running.delete(key);
    if (this.#abort.signal.aborted) {
      if (value !== undefined) this.release(value);
      return;
    }
    this.#kept.set(key, value);
    const wanted = new Set(this.#wanted.map(this.keyOf));
    for (const [old, unused] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) break;
      if (wanted.has(old)) continue;
      this.#kept.delete(old);
      if (unused !== undefined) this.release(unused);
    }
    this.#version += 1;
    this.#listeners.forEach((listener) => listener());
    this.#begin();
  }
}
