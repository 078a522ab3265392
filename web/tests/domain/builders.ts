/** Short ways to write comparisons in tests. */
import type { Kind, Modality, Region, Segment, Track } from "../../src/domain/model";

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

/** Numbers from 0 to 1 that are the same for the same seed. */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const KINDS: readonly Kind[] = ["UNCHANGED", "REPLACED", "INSERTED", "DELETED", "MOVED", "RETIMED"];

/** Any track: regions that tile both sides, and segments that keep to no edge of theirs. */
export function randomTrack(seed: number): Track {
  const random = numbers(seed);
  const regions: Region[] = [];
  let [a, b] = [0, 0];
  for (let count = Math.ceil(random() * 12); count > 0; count -= 1) {
    const kind = KINDS[Math.floor(random() * KINDS.length)] ?? "UNCHANGED";
    const length = Math.round(random() * 250) / 25;
    const [inA, inB] = [kind === "INSERTED" ? 0 : length, kind === "DELETED" ? 0 : length];
    regions.push(region(kind, [a, a + inA], [b, b + inB], random() * 0.4));
    [a, b] = [a + inA, b + inB];
  }
  const distances = Array.from({ length: Math.ceil(a / 2) }, () => Math.round(random() * 40) / 100);
  // The last segment ends where the video does.
  const cut = segments(distances).map((each) => ({ ...each, aEnd: Math.min(each.aEnd, a) }));
  return { ...track(distances, regions), segments: cut.filter(() => random() > 0.1) };
}
