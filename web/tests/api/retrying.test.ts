import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient, createRouterTransport, type Interceptor } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { retrying } from "../../src/api/retrying";
import { begun, repeatable } from "../../src/api/streams";
import { CompareService } from "../../src/gen/sage/compare/v1/compare_pb";
import { RetryInfoSchema } from "../../src/gen/google/rpc/error_details_pb";
import { EmbedService } from "../../src/gen/sage/embed/v1/embed_pb";

const away = (): ConnectError => new ConnectError("away", Code.Unavailable);
const comeBackIn = (ms: number, code = Code.ResourceExhausted): ConnectError =>
  new ConnectError("busy", code, undefined, [
    { desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay: durationFromMs(ms) }) },
  ]);

/** A server that fails with these errors first, and a clock that only pauses move. */
function serverWith(...errors: unknown[]) {
  const waited: number[] = [];
  const asked: string[] = [];
  let now = 0;
  const answer = (what: string): void => {
    asked.push(what);
    const error = errors.shift();
    if (error) throw error as Error;
  };
  const patience = {
    now: () => now,
    random: () => 0,
    pause: (ms: number, signal: AbortSignal): Promise<void> => {
      if (signal.aborted) return Promise.reject(new DOMException("Aborted", "AbortError"));
      waited.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  const interceptors: Interceptor[] = [repeatable, retrying(undefined, patience), begun];
  const transport = createRouterTransport(
    (router) => {
      router.service(EmbedService, {
        listEngines: () => (answer("read"), {}),
        cancelEmbeddingTask: ({ name }) => (answer(name), {}),
        createEmbeddingTask: ({ requestId }) => (answer(requestId), {}),
      });
      router.service(CompareService, {
        async *compareVideos({ a }) {
          await Promise.resolve();
          answer(a);
          yield {};
          answer("middle");
          yield {};
        },
      });
    },
    { transport: { interceptors } },
  );
  return { embed: createClient(EmbedService, transport), compare: createClient(CompareService, transport), waited, asked };
}

describe("a call that fails in passing", () => {
  it("is repeated when it only reads", async () => {
    const { embed, asked, waited } = serverWith(away(), away());
    await embed.listEngines({});
    expect(asked).toHaveLength(3);
    expect(waited).toEqual([150, 300]);
  });

  it("is repeated as it was when it has a request id", async () => {
    const { embed, asked } = serverWith(away());
    await embed.createEmbeddingTask({ requestId: "once" });
    expect(asked).toEqual(["once", "once"]);
  });

  it("is not repeated when it may have done something", async () => {
    const { embed, asked } = serverWith(away());
    await expect(embed.cancelEmbeddingTask({ name: "a" })).rejects.toThrow("away");
    await expect(serverWith(away()).embed.createEmbeddingTask({})).rejects.toThrow("away");
    expect(asked).toEqual(["a"]);
  });

  it("waits as long as the server says", async () => {
    const { embed, waited } = serverWith(comeBackIn(2000));
    await embed.listEngines({});
    expect(waited).toEqual([2150]);
  });

  it("is told at once when the server asks for more patience than there is", async () => {
    const { embed, waited } = serverWith(comeBackIn(60_000));
    await expect(embed.listEngines({})).rejects.toThrow("busy");
    expect(waited).toEqual([]);
  });

  it("is told when it goes on for some seconds", async () => {
    const { embed, waited } = serverWith(...Array.from({ length: 50 }, away));
    await expect(embed.listEngines({})).rejects.toThrow("away");
    const total = waited.reduce((sum, ms) => sum + ms, 0);
    expect(total).toBeGreaterThan(5000);
    expect(total).toBeLessThanOrEqual(8000);
  });

  it.each([Code.InvalidArgument, Code.NotFound, Code.Aborted, Code.DeadlineExceeded, Code.Unauthenticated])(
    "is no such thing with code %i",
    async (code) => {
      const { embed, asked } = serverWith(new ConnectError("no", code));
      await expect(embed.listEngines({})).rejects.toThrow("no");
      expect(asked).toHaveLength(1);
    },
  );
});

describe("a stream", () => {
  const all = async (stream: AsyncIterable<unknown>): Promise<number> => {
    let count = 0;
    for await (const message of stream) if (message) count += 1;
    return count;
  };

  it("is asked for again, with the same words, when it fails before its first message", async () => {
    const { compare, asked } = serverWith(away(), comeBackIn(100, Code.Unavailable));
    await expect(all(compare.compareVideos({ a: "videos/1" }))).resolves.toBe(2);
    expect(asked).toEqual(["videos/1", "videos/1", "videos/1", "middle"]);
  });

  it("that has begun is the caller's to begin anew", async () => {
    const { compare, asked } = serverWith(undefined, away());
    await expect(all(compare.compareVideos({ a: "videos/1" }))).rejects.toThrow("away");
    expect(asked).toEqual(["videos/1", "middle"]);
  });

  it("may be empty", async () => {
    const none: Interceptor = (next) => async (call) => {
      const response = await next(call);
      return response.stream ? { ...response, message: (async function* () {})() } : response;
    };
    const transport = createRouterTransport(
      ({ service }) => service(CompareService, { async *compareVideos() { yield await Promise.resolve({}); } }),
      { transport: { interceptors: [begun, none] } },
    );
    await expect(all(createClient(CompareService, transport).compareVideos({}))).resolves.toBe(0);
  });
});
