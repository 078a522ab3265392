/**
 * Calls again by itself what failed in passing, before anybody is told.
 *
 * A call is repeated when that can do no harm: it only reads, or has a request id by which the server
 * knows it again. Only UNAVAILABLE, errors with a `google.rpc.RetryInfo`, and a network that is away
 * are worth it. What lasts longer than some seconds is the caller's to show.
 */
import type { Interceptor, StreamRequest, UnaryRequest } from "@connectrpc/connect";
import { MethodOptions_IdempotencyLevel as Idempotency } from "@bufbuild/protobuf/wkt";
import { backoffMs, delay } from "./backoff";
import { isPassing, toProblem } from "./errors";

type Call = UnaryRequest | StreamRequest;

/** What the waiting depends on. Times in milliseconds. */
export interface Patience {
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

const PATIENCE: Patience = { now: () => performance.now(), random: Math.random, pause: delay };
const BACKOFF = { firstMs: 300, maxMs: 2500 };
/** No try begins later than this after the first. */
const WITHIN_MS = 8000;

/** Whether a call that may have arrived can be sent again all the same. */
export function mayRepeat(call: Call): boolean {
  if (call.method.idempotency === Idempotency.NO_SIDE_EFFECTS) return true;
  return !call.stream && "requestId" in call.message && call.message.requestId !== "";
}

export function retrying(may: (call: Call) => boolean = mayRepeat, patience: Patience = PATIENCE): Interceptor {
  return (next) => async (call) => {
    const first = patience.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(call);
      } catch (error) {
        if (!isPassing(error) || !may(call)) throw error;
        const wait = (toProblem(error).retryAfterMs ?? 0) + backoffMs(attempt, BACKOFF, patience.random());
        if (patience.now() - first + wait > WITHIN_MS) throw error;
        await patience.pause(wait, call.signal);
      }
    }
  };
}
