/**
 * Streams of a server, made so that a call can be tried again like any other.
 *
 * `repeatable` comes before whatever repeats calls, `begun` behind it.
 */
import type { Interceptor } from "@connectrpc/connect";

/** A try that failed has not used up what is asked. */
export const repeatable: Interceptor = (next) => (call) =>
  next(call.stream ? { ...call, message: readableAgain(call.message) } : call);

/** A stream is answered once its first message is there: those that fail do so before, for the most part. */
export const begun: Interceptor = (next) => async (call) => {
  const response = await next(call);
  if (!response.stream) return response;
  const messages = response.message[Symbol.asyncIterator]();
  const first = await messages.next();
  return { ...response, message: goingOn(first, messages) };
};

/** The message of a call that has one only, as who calls through a browser does. */
function readableAgain<T>(messages: AsyncIterable<T>): AsyncIterable<T> {
  const source = messages[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<T>> | undefined;
  return {
    async *[Symbol.asyncIterator]() {
      const found = await (first ??= source.next());
      if (!found.done) yield found.value;
    },
  };
}

async function* goingOn<T>(first: IteratorResult<T>, messages: AsyncIterator<T>): AsyncGenerator<T> {
  for (let found = first; !found.done; found = await messages.next()) yield found.value;
}
