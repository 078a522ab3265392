/** Reading that goes on by itself: what failed is told, and gets well again without anybody's help. */
import { backoffMs, delay } from "./backoff";
import { isCancelled, toProblem, type Problem } from "./errors";

const BACKOFF = { firstMs: 2000, maxMs: 30_000 };

export interface Reading {
  readonly signal: AbortSignal;
  /** Told of each failure; the next success is `read`'s own to tell. */
  readonly tell: (problem: Problem) => void;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Reads until that works, it is given up, or trying again would not help. Never rejects. */
export async function recovering(read: () => Promise<unknown>, { signal, tell, pause = delay }: Reading): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await read();
      return;
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      const problem = toProblem(error);
      tell(problem);
      if (!problem.retryable) return;
      try {
        await pause(Math.max(problem.retryAfterMs ?? 0, backoffMs(attempt, BACKOFF, Math.random())), signal);
      } catch {
        return;
      }
    }
  }
}
