import { create } from "@bufbuild/protobuf";
import { describe, expect, it, vi } from "vitest";
import { VideoSchema, type Video } from "../../src/gen/sage/ingest/v1/ingest_pb";
import { PAUSED, type UploadOptions } from "../../src/upload/uploader";
import { FurtherUploads } from "../../src/workspace/further";
import { VersionSlot, type SlotCalls } from "../../src/workspace/slot";

const VIDEO = create(VideoSchema, { name: "videos/v" });
const FILE = new File(["x"], "cut.mov");

/** Uploads that end when the test says so. */
class Uploads {
  readonly begun: { file: File; signal: AbortSignal; done: (video: Video) => void; fail: (error: Error) => void }[] = [];
  readonly discarded: File[] = [];
  readonly calls: SlotCalls = {
    upload: (file: File, { signal }: UploadOptions) =>
      new Promise<Video>((done, fail) => {
        signal.addEventListener("abort", () => fail(signal.reason as Error));
        this.begun.push({ file, signal, done, fail });
      }),
    embed: () => Promise.resolve("embeddingTasks/t"),
    discard: (file) => {
      this.discarded.push(file);
      return Promise.resolve();
    },
  };
}

describe("a place for a version", () => {
  it("pauses without losing anything, and goes on with the same file", async () => {
    const uploads = new Uploads();
    const slot = new VersionSlot(uploads.calls, () => "");
    const first = slot.take(FILE);
    slot.pause();
    await first;
    expect(slot.snapshot()).toMatchObject({ status: "uploading", paused: true });
    expect(uploads.begun[0]?.signal.reason).toBe(PAUSED);
    const second = slot.resume();
    uploads.begun[1]?.done(VIDEO);
    await second;
    expect(slot.snapshot()).toMatchObject({ status: "video", task: "embeddingTasks/t" });
    expect(uploads.discarded).toEqual([]);
  });

  it("gives up a paused upload when it is emptied", async () => {
    const uploads = new Uploads();
    const slot = new VersionSlot(uploads.calls, () => "");
    const taking = slot.take(FILE);
    slot.pause();
    await taking;
    slot.clear();
    expect(uploads.discarded).toEqual([FILE]);
    expect(slot.snapshot()).toEqual({ status: "empty" });
  });

  it("is emptied when its video is deleted, and only then", async () => {
    const slot = new VersionSlot(new Uploads().calls, () => "");
    await slot.use(VIDEO);
    slot.forget(new Set(["videos/other"]));
    expect(slot.snapshot().status).toBe("video");
    slot.forget(new Set(["videos/v"]));
    expect(slot.snapshot().status).toBe("empty");
  });
});

describe("further files", () => {
  it("are uploaded one after the other, also after one that is refused", async () => {
    const uploads = new Uploads();
    const further = new FurtherUploads(uploads.calls.upload);
    const files = ["one", "two", "three"].map((name) => new File(["x"], name));
    further.add(files);
    expect(uploads.begun).toHaveLength(1);
    uploads.begun[0]?.fail(new Error("not a video"));
    await vi.waitFor(() => expect(uploads.begun).toHaveLength(2));
    uploads.begun[1]?.done(VIDEO);
    await vi.waitFor(() => expect(uploads.begun).toHaveLength(3));
    further.drop(files[2] as File);
    await vi.waitFor(() => expect(further.snapshot()).toHaveLength(1));
    expect(further.finished()).toBe(1);
    expect(further.snapshot()[0]).toMatchObject({ file: files[0], problem: { retryable: false } });
  });
});
