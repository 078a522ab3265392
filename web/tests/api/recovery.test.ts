import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { recovering } from "../../src/api/recovery";

/** Reads that fail with these codes first. */
async function run(codes: Code[], signal = new AbortController().signal) {
  const told: string[] = [];
  const waited: number[] = [];
  let read = 0;
  await recovering(
    () => {
      const code = codes.shift();
      if (code !== undefined) return Promise.reject(new ConnectError("no", code));
      read += 1;
      return Promise.resolve();
    },
    {
      signal,
      tell: ({ reason }) => told.push(reason),
      pause: (ms) => (signal.aborted ? Promise.reject(new Error("aborted")) : (waited.push(ms), Promise.resolve())),
    },
  );
  return { told, waited, read };
}

describe("what is read", () => {
  it("tells every failure and gets well by itself", async () => {
    const { told, waited, read } = await run([Code.Unavailable, Code.DeadlineExceeded]);
    expect(told).toEqual(["UNAVAILABLE", "DEADLINE_EXCEEDED"]);
    expect(waited).toHaveLength(2);
    expect(read).toBe(1);
  });

  it("is not read again where that would not help", async () => {
    await expect(run([Code.NotFound])).resolves.toEqual({ told: ["NOT_FOUND"], waited: [], read: 0 });
  });

  it("is given up without a word", async () => {
    await expect(run([Code.Canceled])).resolves.toEqual({ told: [], waited: [], read: 0 });
    const gone = AbortSignal.abort();
    await expect(run([Code.Unavailable], gone)).resolves.toEqual({ told: [], waited: [], read: 0 });
  });
});
