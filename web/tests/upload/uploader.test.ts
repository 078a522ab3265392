// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { beforeEach, describe, expect, it } from "vitest";
import { UploadSchema, Upload_State, VideoSchema, type Upload } from "../../src/gen/sage/ingest/v1/ingest_pb";
import { toProblem } from "../../src/api/errors";
import { ResumeBook } from "../../src/upload/resume";
import { PAUSED, Uploader, type UploadCalls, type UploadProgress } from "../../src/upload/uploader";

const PART = 10;
const file = (): File => new File([new Uint8Array(25)], "cut.mp4", { lastModified: 7 });

/** An ingest service in memory, which can be told to fail. */
class FakeIngest {
  readonly received = new Set<number>();
  state = Upload_State.ACTIVE;
  created = 0;
  inFlight = 0;
  mostInFlight = 0;
  failures: Error[] = [];
  refusal: Error | undefined;

  calls: UploadCalls = {
    createUpload: () => {
      this.created += 1;
      return Promise.resolve(this.#upload());
    },
    readPart: async (part) => {
      const bytes = await part.arrayBuffer().catch(() => undefined);
      return bytes && { data: new Uint8Array(bytes), crc: 0 };
    },
    getUpload: () => Promise.resolve(this.#upload()),
    getVideo: () => Promise.resolve(create(VideoSchema, { name: "videos/v" })),
    abortUpload: () => {
      this.state = Upload_State.ABORTED;
      return Promise.resolve(this.#upload());
    },
    completeUpload: () => {
      if (this.refusal) return Promise.reject(this.refusal);
      expect([...this.received].sort()).toEqual([1, 2, 3]);
      return Promise.resolve(create(VideoSchema, { name: "videos/v" }));
    },
    sendPart: async (_upload, number, data, _crc, { signal, onSent }) => {
      this.inFlight += 1;
      this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
      await Promise.resolve();
      this.inFlight -= 1;
      signal.throwIfAborted();
      const failure = this.failures.shift();
      if (failure) throw failure;
      onSent(data.length + 5);
      this.received.add(number);
    },
  };

  #upload(): Upload {
    return create(UploadSchema, {
      name: "uploads/u",
      sizeBytes: 25n,
      partSize: BigInt(PART),
      partCount: 3,
      state: this.state,
      receivedParts: [...this.received],
      video: "videos/v",
    });
  }
}

describe("an upload", () => {
  let ingest: FakeIngest;
  let book: ResumeBook;
  let seen: UploadProgress[];
  let abort: AbortController;

  const run = (chosen = file()) =>
    new Uploader(
      ingest.calls,
      book,
      chosen,
      { signal: abort.signal, onProgress: (progress) => seen.push(progress) },
      () => Promise.resolve(),
    ).run();

  beforeEach(() => {
    window.localStorage.clear();
    ingest = new FakeIngest();
    book = new ResumeBook(window.localStorage, "workspaces/w");
    seen = [];
    abort = new AbortController();
  });

  it("sends every part, at most three at a time, and answers with the video", async () => {
    await expect(run()).resolves.toMatchObject({ name: "videos/v" });
    expect(ingest.mostInFlight).toBe(3);
    expect(seen.at(-1)).toMatchObject({ stage: "checking", sentBytes: 25, totalBytes: 25 });
    expect(book.find(file())).toBeUndefined();
  });

  it.each([
    ["cannot be read any more", () => Promise.reject(new DOMException("gone", "NotReadableError"))],
    ["is shorter than it was", () => Promise.resolve(new ArrayBuffer(3))],
  ])("says so when the file %s", async (_, arrayBuffer) => {
    const chosen = file();
    chosen.slice = () => Object.assign(new Blob(), { arrayBuffer });
    const error: unknown = await run(chosen).catch((caught: unknown) => caught);
    expect(toProblem(error)).toMatchObject({
      reason: "FILE_CHANGED",
      message: expect.stringMatching(/^cut\.mp4 changed or was removed.*choose it again\.$/) as string,
      retryable: false,
    });
    expect(ingest.received.size).toBe(0);
  });

  it("leaves what has arrived in place while it is paused, and goes on from there", async () => {
    const { calls } = ingest;
    const send: typeof calls.sendPart = (...sent) => calls.sendPart(...sent);
    ingest.calls = {
      ...calls,
      sendPart: async (upload, number, ...rest) => {
        if (number === 2) abort.abort(PAUSED);
        await send(upload, number, ...rest);
      },
    };
    await expect(run()).rejects.toBe(PAUSED);
    expect(ingest.state).toBe(Upload_State.ACTIVE);
    expect(book.find(file())).toBe("uploads/u");
    abort = new AbortController();
    ingest.calls = calls;
    await expect(run()).resolves.toMatchObject({ name: "videos/v" });
    expect(ingest.created).toBe(1);
  });

  it("never counts more than the file holds", async () => {
    await run();
    expect(Math.max(...seen.map((progress) => progress.sentBytes))).toBe(25);
  });

  it("goes on after a dropped connection with the parts that are missing", async () => {
    ingest.failures = [new ConnectError("gone", Code.Unavailable)];
    await expect(run()).resolves.toMatchObject({ name: "videos/v" });
    expect(ingest.created).toBe(1);
    expect(seen.some((progress) => progress.stage === "waiting")).toBe(true);
  });

  it("continues the upload of an earlier visit", async () => {
    ingest.received.add(1).add(2);
    book.remember(file(), "uploads/u");
    await run();
    expect(ingest.created).toBe(0);
    expect(seen.some((progress) => progress.resumed)).toBe(true);
  });

  it("starts anew where the earlier upload was refused", async () => {
    ingest.state = Upload_State.FAILED;
    book.remember(file(), "uploads/old");
    ingest.calls.createUpload = () => {
      ingest.created += 1;
      ingest.state = Upload_State.ACTIVE;
      return ingest.calls.getUpload({ name: "uploads/u" });
    };
    await run();
    expect(ingest.created).toBe(1);
  });

  it("answers at once where the earlier upload is complete", async () => {
    ingest.state = Upload_State.COMPLETED;
    book.remember(file(), "uploads/u");
    await expect(run()).resolves.toMatchObject({ name: "videos/v" });
    expect(ingest.received.size).toBe(0);
  });

  it("hands on what the server refuses, and forgets the upload", async () => {
    ingest.refusal = new ConnectError("This is a text.", Code.InvalidArgument);
    await expect(run()).rejects.toThrow("This is a text.");
    expect(book.find(file())).toBeUndefined();
  });

  it("gives the upload up when cancelled", async () => {
    ingest.calls.completeUpload = () => {
      abort.abort();
      return Promise.reject(new ConnectError("cancelled", Code.Canceled));
    };
    await expect(run()).rejects.toThrow();
    expect(ingest.state).toBe(Upload_State.ABORTED);
  });
});
