/** Waiting between tries: exponential with full jitter, so that clients do not come back together. */

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** How long to wait before try number `attempt` (from 1), in milliseconds. `random` is in [0, 1). */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff, random: number): number {
  const ceiling = Math.min(maxMs, firstMs * 2 ** (attempt - 1));
  return ceiling / 2 + (ceiling / 2) * random;
}

/** Resolves after `ms`; rejects as soon as `signal` aborts. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new DOMException("Aborted", "AbortError"));
    };
    if (signal.aborted) {
      reject(new DOMException("Aborted", "AbortError"));
      return;
    }
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}
