import { describe, expect, it } from "vitest";
import { missingParts, partRange, receivedBytes } from "../../src/upload/parts";

const layout = { sizeBytes: 25, partSize: 10, partCount: 3 };

describe("the parts of an upload", () => {
  it("cover the file, the last one being shorter", () => {
    expect([1, 2, 3].map((number) => partRange(layout, number))).toEqual([
      { number: 1, start: 0, end: 10 },
      { number: 2, start: 10, end: 20 },
      { number: 3, start: 20, end: 25 },
    ]);
  });

  it("are sent where the server lacks them", () => {
    expect(missingParts(layout, [2]).map((part) => part.number)).toEqual([1, 3]);
    expect(missingParts(layout, [1, 2, 3])).toEqual([]);
  });

  it("count once, however often they were received", () => {
    expect(receivedBytes(layout, [3, 3, 1])).toBe(15);
  });
});
