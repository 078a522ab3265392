/** Short ways to write comparisons in tests. */
import type { Kind, Modality, Region, Segment, Track } from "../../src/comparison/model";

type Times = readonly [number, number];

export function region(kind: Kind, [aStart, aEnd]: Times, [bStart, bEnd]: Times, score = 0): Region {
  return { kind, modality: "visual", aStart, aEnd, bStart, bEnd, score, confidence: 1, rate: 1 };
}

/** Two-second segments in both, one for each distance, at the same time on both sides. */
export function segments(distances: readonly number[]): Segment[] {
  return distances.map((distance, index) => ({
    presence: "both",
    aStart: index * 2,
    aEnd: index * 2 + 2,
    bStart: index * 2,
    bEnd: index * 2 + 2,
    distance,
  }));
}

export function track(distances: readonly number[], regions: readonly Region[], modality: Modality = "visual"): Track {
  return { modality, segments: segments(distances), regions };
}
