/** What of a track no threshold changes, found once for each: a threshold is dragged many times a second. */
import type { Segment, Track } from "./model";

export interface Measured {
  /** The distances of all segments that were compared, the least first, in the precision they are compared in. */
  readonly distances: Float32Array;
  /** The segments whose middle lies in each region, in order of time; by the region's index. */
  readonly owned: readonly (readonly Segment[])[];
}

const MEASURED = new WeakMap<Track, Measured>();

export function measuredOf(track: Track): Measured {
  let found = MEASURED.get(track);
  if (!found) MEASURED.set(track, (found = { distances: distancesOf(track), owned: ownedOf(track) }));
  return found;
}

/** How many of `ordered` are greater than `value`. */
export function countAbove(ordered: Float32Array, value: number): number {
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ordered[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return ordered.length - low;
}

function distancesOf({ segments }: Track): Float32Array {
  return Float32Array.from(segments.flatMap(({ distance }) => distance ?? [])).sort();
}

function ownedOf(track: Track): Segment[][] {
  const owned: Segment[][] = track.regions.map(() => []);
  const inA = track.regions
    .map((region, index) => ({ region, index }))
    .filter(({ region }) => region.aEnd > region.aStart)
    .sort((x, y) => x.region.aStart - y.region.aStart);
  let cursor = 0;
  const segments = track.segments
    .filter((segment) => segment.presence === "both")
    .sort((x, y) => x.aStart - y.aStart);
  for (const segment of segments) {
    const middle = (segment.aStart + segment.aEnd) / 2;
    while (cursor < inA.length - 1 && (inA[cursor]?.region.aEnd ?? Infinity) <= middle) cursor += 1;
    const home = inA[cursor];
    if (home && middle >= home.region.aStart) owned[home.index]?.push(segment);
  }
  return owned;
}
