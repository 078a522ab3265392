import { describe, expect, it } from "vitest";
import type { Region } from "../../src/comparison/model";
import { applyThreshold } from "../../src/timeline/threshold";
import { region, track } from "./builders";

const kinds = (regions: readonly Region[]): string[] =>
  regions.map((each) => `${each.kind} ${each.aStart}-${each.aEnd}`);

describe("another threshold", () => {
  const example = track(
    [0.02, 0.3, 0.2, 0.05],
    [
      region("UNCHANGED", [0, 2.4], [0, 2.4]),
      region("REPLACED", [2.4, 6], [2.4, 6], 0.25),
      region("UNCHANGED", [6, 8], [6, 8]),
    ],
  );

  it("leaves the server's regions alone where it is the server's", () => {
    const { regions, compared, different, similarityPercent } = applyThreshold(example, 0.1, 0.1);
    expect(regions).toBe(example.regions);
    expect({ compared, different }).toEqual({ compared: 4, different: 2 });
    expect(similarityPercent).toBeCloseTo(55);
  });

  it("takes equal distances for equal: only beyond it is different", () => {
    expect(applyThreshold(example, 0.1, 0.3).different).toBe(0);
    expect(applyThreshold(example, 0.1, 0.299).different).toBe(1);
  });

  it("marks less above: a region ends where its segments are below", () => {
    expect(kinds(applyThreshold(example, 0.1, 0.27).regions)).toEqual([
      "UNCHANGED 0-2.4",
      "REPLACED 2.4-4",
      "UNCHANGED 4-6",
      "UNCHANGED 6-8",
    ]);
    expect(kinds(applyThreshold(example, 0.1, 0.4).regions)).toContain("UNCHANGED 2.4-6");
  });

  it("marks more below, segment by segment", () => {
    expect(kinds(applyThreshold(example, 0.1, 0.03).regions)).toEqual([
      "UNCHANGED 0-2.4",
      "REPLACED 2.4-6",
      "REPLACED 6-8",
    ]);
  });

  it("keeps a short region whose own score is over it, though its segment is not", () => {
    const short = track(
      [0.08],
      [region("UNCHANGED", [0, 0.5], [0, 0.5]), region("REPLACED", [0.5, 1], [0.5, 1], 0.4), region("UNCHANGED", [1, 2], [1, 2])],
    );
    expect(kinds(applyThreshold(short, 0.1, 0.35).regions)).toContain("REPLACED 0.5-1");
    expect(kinds(applyThreshold(short, 0.1, 0.45).regions)).toContain("UNCHANGED 0.5-1");
  });

  it("never touches what was inserted, deleted, moved or retimed", () => {
    const cut = track([0.01], [region("DELETED", [0, 2], [0, 0]), region("INSERTED", [2, 2], [0, 3])]);
    for (const threshold of [0.01, 0.5]) {
      expect(applyThreshold(cut, 0.1, threshold).regions).toEqual(cut.regions);
    }
  });

  it("knows no similarity where nothing was compared", () => {
    expect(applyThreshold(track([], []), 0.1, 0.2).similarityPercent).toBeUndefined();
  });

  it("keeps tiling both timelines, and marks no less when it is lower", () => {
    const distances = [0.02, 0.4, 0.13, 0.09, 0.05, 0.3, 0.11, 0.07, 0.2, 0.01];
    const long = track(distances, [
      region("UNCHANGED", [0, 1.7], [0, 1.7]),
      region("REPLACED", [1.7, 6.2], [1.7, 7], 0.25),
      region("UNCHANGED", [6.2, 10.1], [7, 10.9]),
      region("REPLACED", [10.1, 14], [10.9, 14.8], 0.2),
      region("UNCHANGED", [14, 16], [14.8, 16.8]),
      region("REPLACED", [16, 18], [16.8, 18.8], 0.2),
      region("UNCHANGED", [18, 20], [18.8, 20.8]),
    ]);
    let marked = Infinity;
    for (let threshold = 0.01; threshold <= 0.5; threshold += 0.01) {
      const { regions } = applyThreshold(long, 0.1, threshold);
      let a = 0;
      let b = 0;
      for (const each of regions) {
        expect(each.aStart).toBeCloseTo(a, 9);
        expect(each.bStart).toBeCloseTo(b, 9);
        a = each.aEnd;
        b = each.bEnd;
      }
      expect([a, b]).toEqual([20, 20.8]);
      const now = regions
        .filter((each) => each.kind === "REPLACED")
        .reduce((sum, each) => sum + each.aEnd - each.aStart, 0);
      expect(now).toBeLessThanOrEqual(marked + 1e-9);
      marked = now;
    }
  });
});
