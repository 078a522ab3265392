import { describe, expect, it } from "vitest";
import { buildMaster } from "../../src/domain/masterTimeline";
import { rangesInView, timesOf, windowsOf } from "../../src/timeline/windows";
import { region } from "../domain/builders";

const HOURS = 3 * 3600;

describe("the windows of a part", () => {
  it("are none while the whole is dense enough", () => {
    expect(windowsOf(HOURS, 120, 24, 90, [{ start: 0, end: HOURS }])).toEqual([]);
  });

  it.each([60, 10, 1.7, 0.3, 0.001])("cover it densely enough, and no more than that, at a step of %s s", (step) => {
    const range = { start: 4000.3, end: 4000.3 + 20 * step };
    const windows = windowsOf(HOURS, 120, 24, step, [range]);
    expect(windows.length).toBeGreaterThan(0);
    expect(windows.length).toBeLessThanOrEqual(3);
    expect(windows[0]?.start).toBeLessThanOrEqual(range.start);
    expect(windows.at(-1)?.end).toBeGreaterThanOrEqual(range.end);
    for (const { start, end, count } of windows) {
      const own = (end - start) / count;
      expect(own).toBeLessThanOrEqual(Math.max(step, 0.04));
      expect(own).toBeGreaterThan(Math.max(step, 0.04) / 2 - 1e-9);
    }
  });

  it("are the same ones while the view moves a little", () => {
    const at = (start: number) => windowsOf(HOURS, 120, 24, 1, [{ start, end: start + 10 }]);
    expect(at(4000.1)).toEqual(at(4000.9));
  });

  it("end with the video", () => {
    const [last] = windowsOf(100, 10, 5, 4, [{ start: 95, end: 100 }]);
    if (!last) throw new Error("There is a window.");
    expect(timesOf(last, 97).every((time) => time < 97)).toBe(true);
    expect(timesOf({ start: 0, end: 10, count: 2 }, 97)).toEqual([2.5, 7.5]);
  });
});

it("knows what of a version is in view, wherever it was moved to", () => {
  const master = buildMaster(
    [region("UNCHANGED", [0, 4], [0, 4]), region("INSERTED", [4, 4], [4, 6]), region("MOVED", [4, 6], [20, 22])],
    0,
    0,
  );
  const rounded = (side: "a" | "b", start: number, end: number) =>
    rangesInView(master, side, { start, end }).map((range) => [range.start, range.end].map(Math.round));
  expect(rounded("a", 1, 7)).toEqual([[1, 4], [4, 5]]);
  expect(rounded("b", 1, 7)).toEqual([[1, 4], [4, 6], [20, 21]]);
  expect(rounded("a", 4.2, 5.8)).toEqual([]);
});
