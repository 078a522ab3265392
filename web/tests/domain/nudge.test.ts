import { expect, it } from "vitest";
import { NO_NUDGES, nudged, nudgeInWords } from "../../src/domain/nudge";

it("adds up in whole milliseconds, one side at a time", () => {
  expect(nudged(nudged(NO_NUDGES, "a", 0.01), "a", 1 / 30)).toEqual({ a: 0.043, b: 0 });
  expect(nudged({ a: 0, b: 4.99 }, "b", 1)).toEqual({ a: 0, b: 5 });
});

it("is told with its sign", () => {
  expect([0.04, -0.01, 0].map(nudgeInWords)).toEqual(["+40 ms", "−10 ms", "0 ms"]);
});
