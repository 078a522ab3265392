/** Where moved content lies on the edit timeline: where A has it, and where B has it. */
import { regionKey, type Region } from "../domain/model";
import { lastNotAfter, spanOf, type MasterTimeline } from "../domain/masterTimeline";

export interface Move {
  readonly key: string;
  /** Where A has it; there both versions show it. */
  readonly from: { readonly start: number; readonly end: number };
  /** Behind what comes before it in B. */
  readonly to: number;
}

const ROUNDING = 1e-6;

export function movesOf(master: MasterTimeline, regions: readonly Region[]): Move[] {
  return regions
    .filter(({ kind }) => kind === "MOVED")
    .map((region) => ({ key: regionKey(region), from: spanOf(master, region), to: placeInB(master, region.bStart) }));
}

/** What moved too is passed over: it lies where A has it, which tells nothing of B's order. */
function placeInB(master: MasterTimeline, b: number): number {
  const stayed = master.byB.filter(({ region }) => region.kind !== "MOVED");
  const slot = stayed[lastNotAfter(stayed, ({ region }) => region.bStart, b - ROUNDING)];
  return slot ? Math.min(slot.start + (b - slot.region.bStart) / slot.rateB, slot.end) : 0;
}
