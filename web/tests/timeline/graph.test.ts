import { describe, expect, it } from "vitest";
import { graphOutline, graphSteps } from "../../src/timeline/graph";
import { buildMaster } from "../../src/domain/masterTimeline";
import { rulerMarks } from "../../src/timeline/ruler";
import { filmstripTiles, nearestPicture } from "../../src/timeline/filmstrip";
import { region, segments } from "../domain/builders";

const master = buildMaster(
  [region("UNCHANGED", [0, 2], [0, 2]), region("INSERTED", [2, 2], [2, 4]), region("UNCHANGED", [2, 4], [4, 6])],
  4,
  6,
);

describe("the distance graph", () => {
  it("places segments beside what was inserted", () => {
    const onlyInB = { presence: "b", aStart: 0, aEnd: 0, bStart: 2, bEnd: 4 } as const;
    expect(graphSteps([...segments([0.1, 0.2]), onlyInB], master)).toEqual([
      { start: 0, end: 2, distance: 0.1 },
      { start: 2, end: 4, distance: undefined },
      { start: 4, end: 6, distance: 0.2 },
    ]);
  });

  it("leaves a gap in a segment that something was inserted into", () => {
    const long = { presence: "both", aStart: 1, aEnd: 3, bStart: 1, bEnd: 5, distance: 0.2 } as const;
    expect(graphSteps([long], master)).toEqual([
      { start: 1, end: 2, distance: 0.2 },
      { start: 4, end: 5, distance: 0.2 },
    ]);
  });

  it("draws what is in view", () => {
    const steps = [
      { start: 0, end: 2, distance: 0.1 },
      { start: 2, end: 4, distance: 0.3 },
      { start: 4, end: 6, distance: 0.2 },
    ];
    expect(graphOutline(steps, { start: 2, end: 4 }, 100)).toEqual([{ x: 0, width: 100, distance: 0.3 }]);
  });

  it("never loses a peak where many segments share a pixel", () => {
    const steps = Array.from({ length: 1000 }, (_, index) => ({
      start: index,
      end: index + 1,
      distance: index === 501 ? 0.9 : 0.1,
    }));
    const bars = graphOutline(steps, { start: 0, end: 1000 }, 50);
    expect(bars.length).toBeLessThanOrEqual(101);
    expect(Math.max(...bars.map((bar) => bar.distance))).toBe(0.9);
  });
});

describe("the ruler", () => {
  it("labels round times, far enough apart", () => {
    expect(rulerMarks({ start: 0, end: 60 }, 600, 100)).toEqual([0, 10, 20, 30, 40, 50, 60]);
    expect(rulerMarks({ start: 31, end: 33 }, 600, 100)).toEqual([31, 31.5, 32, 32.5, 33]);
    expect(rulerMarks({ start: 0, end: 0 }, 600, 100)).toEqual([]);
  });
});

describe("the filmstrip", () => {
  it("leaves the side that stands still empty", () => {
    const view = { start: 0, end: 6 };
    const strip = { url: "whole", tileWidth: 10, tileHeight: 10, times: [0.5, 1.5, 2.5, 3.5] };
    const tiles = filmstripTiles(master, "a", [strip], view, 60, 10);
    expect(tiles.map(({ x, picture }) => [x, picture])).toEqual([[0, 0], [10, 1], [40, 2], [50, 3]]);
    expect(filmstripTiles(master, "b", [strip], view, 60, 10)).toHaveLength(6);
    expect(filmstripTiles(master, "a", [], view, 60, 10)).toEqual([]);
  });

  it("takes the nearest picture of all strips", () => {
    const whole = { url: "whole", tileWidth: 10, tileHeight: 10, times: [0, 100] };
    const fine = { ...whole, url: "fine", times: [40, 41, 42] };
    expect(nearestPicture([whole, fine], 41.4)).toEqual({ strip: fine, picture: 1 });
    expect(nearestPicture([whole, fine], 90)).toEqual({ strip: whole, picture: 1 });
    expect(nearestPicture([], 90)).toBeUndefined();
  });
});
