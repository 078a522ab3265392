import { describe, expect, it } from "vitest";
import type { Kind, Region, Segment, Track } from "../../src/domain/model";
import { applyThreshold, isDifferent } from "../../src/domain/threshold";
import { randomTrack, region, track } from "./builders";

const kinds = (regions: readonly Region[]): string[] =>
  regions.map((each) => `${each.kind} ${each.aStart}-${each.aEnd}`);

const SERVED = 0.1;

/** A moment of A between any two edges next to each other. */
function momentsOf({ regions, segments }: Track): number[] {
  const edges = [...regions, ...segments].flatMap(({ aStart, aEnd }) => [aStart, aEnd]).sort((x, y) => x - y);
  const last = Math.max(0, ...regions.map((each) => each.aEnd));
  return edges
    .slice(1)
    .map((edge, index) => [edges[index] ?? 0, edge] as const)
    .filter(([start, end]) => end - start > 1e-6 && end <= last)
    .map(([start, end]) => (start + end) / 2);
}

const holds = ({ aStart, aEnd }: Region | Segment, moment: number): boolean => aStart <= moment && moment < aEnd;

const kindAt = (regions: readonly Region[], moment: number): Kind | undefined =>
  regions.find((each) => holds(each, moment))?.kind;

/** By the rule: a region's own segments are those whose middle lies in it. */
function expectedAt({ regions, segments }: Track, threshold: number, moment: number): Kind | undefined {
  const home = regions.find((each) => holds(each, moment));
  const own = segments.find(
    (each) => home && holds(each, moment) && holds(home, (each.aStart + each.aEnd) / 2),
  );
  if (home?.kind === "REPLACED" && threshold > SERVED) {
    return Math.max(home.score, own?.distance ?? 0) > threshold ? "REPLACED" : "UNCHANGED";
  }
  if (home?.kind === "UNCHANGED" && threshold < SERVED && own) {
    return isDifferent(own, threshold) && !isDifferent(own, SERVED) ? "REPLACED" : "UNCHANGED";
  }
  return home?.kind;
}

describe("another threshold", () => {
  it("says of each moment what its segment says, in any track", () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = randomTrack(seed);
      for (const threshold of [0.02, 0.1, 0.3]) {
        const { regions, compared, different } = applyThreshold(random, SERVED, threshold);
        for (const moment of momentsOf(random)) {
          expect(kindAt(regions, moment)).toBe(expectedAt(random, threshold, moment));
        }
        const distances = random.segments.flatMap((each) => each.distance ?? []);
        expect(compared).toBe(distances.length);
        expect(different).toBe(random.segments.filter((each) => isDifferent(each, threshold)).length);
      }
    }
  });

  it("scores a part by the mean of its segments, and by the region where it has none", () => {
    const mixed = track([0.3, 0.4, 0.05], [region("REPLACED", [0, 6], [0, 6], 0.12)]);
    const scores = applyThreshold(mixed, SERVED, 0.2).regions.map((each) => each.score);
    expect(scores[0]).toBeCloseTo(0.35);
    expect(scores[1]).toBeCloseTo(0.05);
    const unmeasured = { ...mixed, segments: [] };
    expect(applyThreshold(unmeasured, SERVED, 0.2).regions.map((each) => each.score)).toEqual([0.12]);
  });

  it("keeps nothing of one threshold for the next", () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const dragged = randomTrack(seed);
      for (const threshold of [0.02, 0.1, 0.3, 0.05, 0.02]) {
        expect(applyThreshold(dragged, SERVED, threshold)).toEqual(
          applyThreshold(randomTrack(seed), SERVED, threshold),
        );
      }
    }
  });

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
