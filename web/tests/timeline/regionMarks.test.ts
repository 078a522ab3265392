import { describe, expect, it } from "vitest";
import type { Region } from "../../src/domain/model";
import { MIN_PIXELS, regionMarks, type PlacedRegion } from "../../src/timeline/regionMarks";
import { numbers, region } from "../domain/builders";

const at = (start: number, end: number, kind: Region["kind"] = "REPLACED", score = 0.2): PlacedRegion => ({
  region: region(kind, [start, end], [start, end], score),
  stretch: { start, end },
});

describe("the marks of a lane", () => {
  it("lie where their regions do, and are wide enough to be seen", () => {
    const marks = regionMarks([at(10, 20), at(50, 50.04)], { start: 0, end: 100 }, 1000);
    expect(marks.map(({ left, width }) => [left, width])).toEqual([[100, 100], [500, MIN_PIXELS]]);
  });

  it("stand for several where there is no room, and tell the worst", () => {
    const small = at(50, 50.1, "REPLACED", 0.2);
    const worse = at(50.2, 50.3, "INSERTED");
    const [mark, ...others] = regionMarks([small, worse], { start: 0, end: 100 }, 1000);
    expect(others).toEqual([]);
    expect(mark?.region).toBe(worse.region);
    expect(mark?.regions).toEqual([small.region, worse.region]);
    expect(regionMarks([small, worse], { start: 50, end: 51 }, 1000)).toHaveLength(2);
  });

  it("never hide a region, and are never more than fit", () => {
    const random = numbers(7);
    for (let round = 0; round < 100; round += 1) {
      let time = 0;
      const placed = Array.from({ length: 400 }, () => {
        const start = (time += random() * 3);
        return at(start, (time += random() ** 4 * 20));
      });
      const view = { start: random() * 100, end: 200 + random() * time };
      const width = 200 + random() * 1000;
      const marks = regionMarks(placed, view, width);
      const inView = placed.filter(({ stretch }) => stretch.end >= view.start && stretch.start <= view.end);
      expect(marks.flatMap(({ regions }) => regions)).toEqual(inView.map((each) => each.region));
      expect(marks.length).toBeLessThanOrEqual(width / MIN_PIXELS + 2);
      for (const mark of marks) expect(mark.regions).toContain(mark.region);
    }
  });
});
