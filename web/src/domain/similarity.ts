/**
 * How much of two versions is the same: 100 x the time of both sides that is not different, over the
 * time of both sides. As services/compare/similarity.py has it, for any threshold.
 */
import type { Region } from "./model";

/** What percentages say beside a difference that takes next to no time. */
const MOST_WITH_DIFFERENCES = 99.9;

type Span = readonly [start: number, end: number];

/** One side of a comparison in one modality: until when it goes on, and what of it is different. */
export interface Side {
  readonly end: number;
  readonly different: readonly Span[];
}

export interface Sides {
  readonly a: Side;
  readonly b: Side;
}

export function sidesOf(regions: readonly Region[]): Sides {
  return {
    a: sideOf(regions, (region) => [[region.aStart, region.aEnd], [region.bStart, region.bEnd]]),
    b: sideOf(regions, (region) => [[region.bStart, region.bEnd], [region.aStart, region.aEnd]]),
  };
}

/** A side whose modality the other lacks. */
export function whollyDifferent(duration: number): Side {
  return { end: duration, different: [[0, duration]] };
}

/** In percent; undefined where there is no time at all. `differs`: whether anything differs. */
export function similarity(a: readonly Side[], b: readonly Side[], differs: boolean): number | undefined {
  let total = 0;
  let same = 0;
  for (const sides of [a, b]) {
    const end = Math.max(0, ...sides.map((side) => side.end));
    total += end;
    same += end - lengthOfUnion(sides.flatMap((side) => side.different));
  }
  if (total <= 0) return undefined;
  const percent = Math.min(Math.max((100 * same) / total, 0), 100);
  return differs ? Math.min(percent, MOST_WITH_DIFFERENCES) : percent;
}

function sideOf(regions: readonly Region[], spans: (region: Region) => readonly [Span, Span]): Side {
  let end = 0;
  const different: Span[] = [];
  for (const region of regions) {
    const [own, other] = spans(region);
    end = Math.max(end, own[1]);
    if (region.kind === "UNCHANGED") continue;
    // Of what plays at another speed the time differs by which one side is longer.
    const shared = region.kind === "RETIMED" ? Math.min(own[1] - own[0], other[1] - other[0]) : 0;
    different.push([own[0] + shared, own[1]]);
  }
  return { end, different };
}

function lengthOfUnion(spans: readonly Span[]): number {
  let length = 0;
  let reached = 0;
  for (const [start, end] of [...spans].sort((x, y) => x[0] - y[0])) {
    length += Math.max(end - Math.max(start, reached), 0);
    reached = Math.max(reached, end);
  }
  return length;
}
