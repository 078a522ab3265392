/**
 * Applies another threshold to what the server sent, without a call.
 *
 * At the server's own threshold its regions stand as they are, exact to the frame. Above it, parts
 * of REPLACED regions that are not that different become UNCHANGED; below it, segments of UNCHANGED
 * regions that are now over it become REPLACED. Where content was inserted, deleted, moved or
 * retimed does not depend on the threshold. Regions keep tiling both timelines, and a lower
 * threshold never marks less.
 */
import { isDifference, type Region, type Segment, type Track } from "./model";
import { countAbove, measuredOf } from "./measured";
import { sidesOf, similarity } from "./similarity";

export interface ThresholdResult {
  readonly regions: readonly Region[];
  readonly compared: number;
  readonly different: number;
  /** See similarity.ts; undefined when no segment was compared. */
  readonly similarityPercent: number | undefined;
}

export const THRESHOLD_MIN = 0.01;
export const THRESHOLD_MAX = 0.5;
export const THRESHOLD_DEFAULT = 0.1;

/**
 * A pair is different when its distance is greater than the threshold, strictly. Distances are of
 * single precision, and compared in it, here as in the service.
 */
export function isDifferent(segment: Segment, threshold: number): boolean {
  return segment.distance !== undefined && Math.fround(segment.distance) > Math.fround(threshold);
}

/** `served` is the threshold at which the track's regions were made. */
export function applyThreshold(track: Track, served: number, threshold: number): ThresholdResult {
  const { distances } = measuredOf(track);
  const regions = threshold === served ? track.regions : reclassify(track, served, threshold);
  const { a, b } = sidesOf(regions);
  return {
    regions,
    compared: distances.length,
    different: countAbove(distances, Math.fround(threshold)),
    similarityPercent: distances.length > 0 ? similarity([a], [b], regions.some(isDifference)) : undefined,
  };
}

function reclassify(track: Track, served: number, threshold: number): Region[] {
  const { owned } = measuredOf(track);
  return track.regions.flatMap((region, index) => {
    const segments = owned[index] ?? [];
    if (region.kind === "REPLACED" && threshold > served) {
      // The region's own score may come from samples finer than its segments: both count.
      const worth = (segment: Segment | undefined): number =>
        Math.max(region.score, segment?.distance ?? 0);
      return split(region, segments, (segment) => worth(segment) > threshold);
    }
    if (region.kind === "UNCHANGED" && threshold < served) {
      // Segments over the served threshold were looked into by the server, and explained.
      return split(region, segments, (segment) => {
        return segment !== undefined && isDifferent(segment, threshold) && !isDifferent(segment, served);
      });
    }
    return [region];
  });
}

/** A part of a region in the making. */
interface Piece {
  end: number;
  readonly different: boolean;
  /** Of the distances in it, and how many those are. */
  sum: number;
  count: number;
}

/** Cuts a region at the edges of its segments where the verdict changes. */
function split(
  region: Region,
  segments: readonly Segment[],
  verdict: (segment: Segment | undefined) => boolean,
): Region[] {
  const pieces: Piece[] = [];
  const push = (end: number, different: boolean, distance?: number): void => {
    let last = pieces.at(-1);
    if (last?.different !== different) pieces.push((last = { end, different, sum: 0, count: 0 }));
    last.end = end;
    if (distance === undefined) return;
    last.sum += distance;
    last.count += 1;
  };
  let at = region.aStart;
  for (const segment of segments) {
    const start = Math.min(Math.max(segment.aStart, region.aStart), region.aEnd);
    const end = Math.min(Math.max(segment.aEnd, region.aStart), region.aEnd);
    if (start > at) push(start, verdict(undefined));
    if (end > at) push(end, verdict(segment), segment.distance);
    at = Math.max(at, end);
  }
  if (at < region.aEnd || pieces.length === 0) push(region.aEnd, verdict(undefined));
  if (pieces.length === 1) {
    const kind = pieces[0]?.different ? "REPLACED" : "UNCHANGED";
    return kind === region.kind ? [region] : [{ ...region, kind, score: scoreOf(pieces[0], region) }];
  }
  return cut(region, pieces);
}

function cut(region: Region, pieces: readonly Piece[]): Region[] {
  const lengthA = region.aEnd - region.aStart;
  const lengthB = region.bEnd - region.bStart;
  const toB = (a: number): number =>
    lengthA > 0 ? region.bStart + ((a - region.aStart) / lengthA) * lengthB : region.bStart;
  let aStart = region.aStart;
  return pieces.map((piece, index) => {
    const aEnd = index === pieces.length - 1 ? region.aEnd : piece.end;
    const part: Region = {
      ...region,
      kind: piece.different ? "REPLACED" : "UNCHANGED",
      aStart,
      aEnd,
      bStart: toB(aStart),
      bEnd: index === pieces.length - 1 ? region.bEnd : toB(aEnd),
      score: scoreOf(piece, region),
    };
    aStart = aEnd;
    return part;
  });
}

function scoreOf(piece: Piece | undefined, region: Region): number {
  return piece && piece.count > 0 ? piece.sum / piece.count : region.score;
}
