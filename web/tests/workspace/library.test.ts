import { create } from "@bufbuild/protobuf";
import { durationFromMs, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { nameOf } from "../../src/media/names";
import { UploadSchema, VideoSchema } from "../../src/gen/sage/ingest/v1/ingest_pb";
import { arrange, LIBRARY_ORDERS, uploadFor } from "../../src/workspace/library";

const video = (displayName: string, at: number, seconds: number, bytes: number) =>
  create(VideoSchema, {
    name: `videos/${at}`,
    displayName,
    createTime: timestampFromMs(at),
    duration: durationFromMs(seconds * 1000),
    sizeBytes: BigInt(bytes),
  });

const VIDEOS = [video("Cut 10.mov", 1, 30, 5), video("cut 2.mov", 3, 10, 50), video("Trailer.mp4", 2, 20, 7)];
const names = (...arranged: Parameters<typeof arrange>) => arrange(...arranged).map(({ displayName }) => displayName);

describe("the library", () => {
  it.each([
    ["newest", ["cut 2.mov", "Trailer.mp4", "Cut 10.mov"]],
    ["name", ["cut 2.mov", "Cut 10.mov", "Trailer.mp4"]],
    ["longest", ["Cut 10.mov", "Trailer.mp4", "cut 2.mov"]],
    ["largest", ["cut 2.mov", "Trailer.mp4", "Cut 10.mov"]],
  ] as const)("is in order: %s", (order, expected) => {
    expect(names(VIDEOS, "", order)).toEqual(expected);
  });

  it("finds all words, whatever their case and order", () => {
    expect(names(VIDEOS, " MOV cut ", "name")).toEqual(["cut 2.mov", "Cut 10.mov"]);
    expect(names(VIDEOS, "reel", "name")).toEqual([]);
  });

  it("leaves its videos as they are, and loses none in any order", () => {
    const before = [...VIDEOS];
    for (const order of LIBRARY_ORDERS) expect(new Set(arrange(VIDEOS, "", order))).toEqual(new Set(VIDEOS));
    expect(VIDEOS).toEqual(before);
  });
});

describe("an unfinished upload", () => {
  const uploads = [create(UploadSchema, { name: "uploads/u", displayName: "cut.mov", sizeBytes: 25n })];

  it("is for the file of its name and size", () => {
    expect(uploadFor(uploads, { name: "cut.mov", size: 25 })?.name).toBe("uploads/u");
    expect(uploadFor(uploads, { name: "cut.mov", size: 24 })).toBeUndefined();
    expect(uploadFor(uploads, { name: "other.mov", size: 25 })).toBeUndefined();
  });
});

describe("a version", () => {
  it("that is gone has words instead of an id", () => {
    const problem = { reason: "NOT_FOUND", message: "", retryable: false };
    expect(nameOf("videos/x", { video: undefined, problem })).toBe("A deleted video");
    expect(nameOf("videos/x", { video: undefined, problem: undefined })).toBe("videos/x");
    expect(nameOf("videos/x", { video: VIDEOS[2], problem })).toBe("Trailer.mp4");
  });
});
