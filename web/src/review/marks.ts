/**
 * What people decided about differences, and which of them is meant.
 *
 * Differences are computed anew each time, and move a little with the options. A mark names its
 * difference by where it is: it holds for what has its modality and kind and lies, with all four
 * times, within half a frame of its own. The server decides in the same way which marks a new one
 * takes the place of.
 */
import { create } from "@bufbuild/protobuf";
import { RegionKind } from "../gen/sage/compare/v1/compare_pb";
import { MarkSchema, type Mark } from "../gen/sage/compare/v1/saved_comparison_pb";
import type { Region } from "../domain/model";
import { MODALITIES } from "../domain/options";

export interface Decision {
  readonly reviewed: boolean;
  readonly ignored: boolean;
}

export const UNDECIDED: Decision = { reviewed: false, ignored: false };

/** Which differences a list shows. */
export type Shown = "all" | "open" | "reviewed" | "ignored";

const USUAL_FRAME_SECONDS = 0.04;
/** Times are sums and quotients of floats: half a frame may come out as a little more. */
const ROUNDING = 1e-6;
const TIMES = ["aStart", "aEnd", "bStart", "bEnd"] as const;

export function holdsFor(mark: Mark, region: Region): boolean {
  if (mark.modality !== MODALITIES[region.modality] || mark.kind !== RegionKind[region.kind]) return false;
  const within = (mark.frameSeconds || USUAL_FRAME_SECONDS) / 2 + ROUNDING;
  return TIMES.every((time) => Math.abs(mark[time] - region[time]) <= within);
}

export interface Decided {
  /** What was decided about a region; undecided without a mark. */
  readonly of: (region: Region) => Decision;
  /** Marks that hold for none of the regions. */
  readonly unmatched: readonly Mark[];
}

/** Finds the mark of each region; of several for one, the last one holds. */
export function decide(marks: readonly Mark[], regions: readonly Region[]): Decided {
  const found = new Map<Region, Mark>();
  const unmatched: Mark[] = [];
  for (const mark of marks) {
    const held = regions.filter((region) => holdsFor(mark, region));
    for (const region of held) found.set(region, mark);
    if (held.length === 0) unmatched.push(mark);
  }
  return { of: (region) => found.get(region) ?? UNDECIDED, unmatched };
}

/** What holds for an edit: what was decided about every part of it. */
export function decisionOf(decided: Decided, regions: readonly Region[]): Decision {
  const each = regions.map(decided.of);
  return {
    reviewed: each.length > 0 && each.every(({ reviewed }) => reviewed),
    ignored: each.length > 0 && each.every(({ ignored }) => ignored),
  };
}

export function shows(shown: Shown, { reviewed, ignored }: Decision): boolean {
  if (shown === "open") return !reviewed && !ignored;
  if (shown === "all") return true;
  return shown === "reviewed" ? reviewed : ignored;
}

/** The mark that says this about a region. The frame rates are 0 where they are unknown. */
export function markOf(region: Region, decision: Decision, frameRates: readonly number[]): Mark {
  const known = frameRates.filter((rate) => rate > 0);
  return create(MarkSchema, {
    modality: MODALITIES[region.modality],
    kind: RegionKind[region.kind],
    aStart: region.aStart,
    aEnd: region.aEnd,
    bStart: region.bStart,
    bEnd: region.bEnd,
    frameSeconds: known.length > 0 ? 1 / Math.min(...known) : USUAL_FRAME_SECONDS,
    reviewed: decision.reviewed,
    ignored: decision.ignored,
  });
}
