import { expect, it } from "vitest";
import { barHeights, histogramOf } from "../../src/domain/histogram";
import { track } from "./builders";

it("counts every distance once, those beyond the limits at the edges", () => {
  const bins = histogramOf([track([0, 0.05, 0.12, 0.19], []), track([0.9], [], "audio")], 0, 0.2, 4);
  expect(bins.map(({ count }) => count)).toEqual([1, 1, 1, 2]);
  expect(bins[1]?.start).toBeCloseTo(0.05);
});

it("leaves a single segment visible beside thousands", () => {
  const heights = barHeights([{ start: 0, end: 1, count: 5000 }, { start: 1, end: 2, count: 1 }, { start: 2, end: 3, count: 0 }]);
  expect(heights[0]).toBe(1);
  expect(heights[1]).toBeGreaterThan(0.05);
  expect(heights[2]).toBe(0);
});
