/** How many pairs of segments are how far apart: what a threshold cuts through. Pure. */
import type { Track } from "./model";

export interface Bin {
  readonly start: number;
  readonly end: number;
  readonly count: number;
}

/** The distances of all tracks between two limits; what lies beyond is in the outermost bins. */
export function histogramOf(tracks: readonly Pick<Track, "segments">[], from: number, to: number, bins: number): Bin[] {
  const counts = new Array<number>(bins).fill(0);
  for (const { segments } of tracks) {
    for (const { distance } of segments) {
      if (distance === undefined) continue;
      const bin = Math.floor(((distance - from) / (to - from)) * bins);
      const kept = Math.min(Math.max(bin, 0), bins - 1);
      counts[kept] = (counts[kept] ?? 0) + 1;
    }
  }
  const width = (to - from) / bins;
  return counts.map((count, index) => ({ start: from + index * width, end: from + (index + 1) * width, count }));
}

/** Heights from 0 to 1 on a logarithmic scale: a handful of edits is seen beside thousands of unchanged segments. */
export function barHeights(bins: readonly Bin[]): number[] {
  const most = Math.max(1, ...bins.map(({ count }) => count));
  return bins.map(({ count }) => Math.log1p(count) / Math.log1p(most));
}
