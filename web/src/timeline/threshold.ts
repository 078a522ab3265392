/**
 * Applies another threshold to what the server sent, without a call.
 *
 * At the server's own threshold its regions stand as they are, exact to the frame. Above it, parts
 * of REPLACED regions that are not that different become UNCHANGED; below it, segments of UNCHANGED
 * regions that are now over it become REPLACED. Where content was inserted, deleted, moved or
 * retimed does not depend on the threshold. Regions keep tiling both timelines, and a lower
 * threshold never marks less.
 */
import { isDifference, type Region, type Segment, type Track } from "../comparison/model";
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

/** A pair is different when its distance is greater than the threshold, strictly. */
export function isDifferent(segment: Segment, threshold: number): boolean {
  return segment.distance !== undefined && segment.distance > threshold;
}

/** `served` is the threshold at which the track's regions were made. */
export function applyThreshold(track: Track, served: number, threshold: number): ThresholdResult {
  const compared = track.segments.filter((segment) => segment.distance !== undefined);
  const different = compared.filter((segment) => isDifferent(segment, threshold)).length;
  const regions = threshold === served ? track.regions : reclassify(track, served, threshold);
  const { a, b } = sidesOf(regions);
  return {
    regions,
    compared: compared.length,
    different,
    similarityPercent: compared.length > 0 ? similarity([a], [b], regions.some(isDifference)) : undefined,
  };
}

function reclassify(track: Track, served: number, threshold: number): Region[] {
  const owned = assignSegments(track);
  return track.regions.flatMap((region, index) => {
    const segments = owned.get(index) ?? [];
    if (region.kind === "REPLACED" && threshold > served) {
      // The region's own score may come from samples finer than its segments: both count.
      const worth = (segment: Segment | undefined): number =>
        Math.max(region.score, segment?.distance ?? 0);
      return split(region, segments, (segment) => worth(segment) > threshold);
    }
    if (region.kind === "UNCHANGED" && threshold < served) {
      // Segments over the served threshold were looked into by the server, and explained.
      return split(region, segments, (segment) => {
        const distance = segment?.distance ?? 0;
        return distance > threshold && distance <= served;
      });
    }
    return [region];
  });
}

/** The segments whose middle lies in each region, by the region's index. */
function assignSegments(track: Track): Map<number, Segment[]> {
  const owned = new Map<number, Segment[]>();
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
    if (!home || middle < home.region.aStart) continue;
    const list = owned.get(home.index) ?? [];
    list.push(segment);
    owned.set(home.index, list);
  }
  return owned;
}

interface Piece {
  readonly end: number;
  readonly different: boolean;
  readonly distances: number[];
}

/** Cuts a region at the edges of its segments where the verdict changes. */
function split(
  region: Region,
  segments: readonly Segment[],
  verdict: (segment: Segment | undefined) => boolean,
): Region[] {
  const pieces: Piece[] = [];
  const push = (end: number, different: boolean, distance?: number): void => {
    const last = pieces.at(-1);
    const distances = distance === undefined ? [] : [distance];
    if (last?.different === different) {
      pieces[pieces.length - 1] = { end, different, distances: [...last.distances, ...distances] };
    } else {
      pieces.push({ end, different, distances });
    }
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
  if (!piece || piece.distances.length === 0) return region.score;
  return piece.distances.reduce((sum, distance) => sum + distance, 0) / piece.distances.length;
}
