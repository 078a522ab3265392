/**
 * The edit timeline: one axis on which both versions play in step.
 *
 * Every region becomes a slot as long as its longer side. What only one version has gets room of
 * its own, in which the other version stands still; what both have lies on the same stretch. The
 * slots follow A; what moved is shown where A has it, with B fetched from where B has it. So every
 * time of A, and every time of B, has exactly one place.
 */
import type { Region } from "./model";

export interface Slot {
  readonly region: Region;
  /** Where the slot lies on the master timeline. */
  readonly start: number;
  readonly end: number;
  /** How fast each side plays in it; 0 when it stands still throughout. */
  readonly rateA: number;
  readonly rateB: number;
}

export interface MasterTimeline {
  readonly slots: readonly Slot[];
  readonly duration: number;
  /** The slots in B's order, for looking up a time of B. */
  readonly byB: readonly Slot[];
}

/** Where both versions are at one master time. */
export interface Position {
  readonly slot: Slot;
  readonly a: number;
  readonly b: number;
  /** Whether each side moves there, or stands on its frame. */
  readonly aMoves: boolean;
  readonly bMoves: boolean;
}

/** `regions` tile both versions. `durationA` and `durationB` serve while there are none yet. */
export function buildMaster(
  regions: readonly Region[],
  durationA: number,
  durationB: number,
): MasterTimeline {
  const ordered = regions.length > 0 ? [...regions] : [wholeVideo(durationA, durationB)];
  ordered.sort((x, y) => x.aStart - y.aStart || x.aEnd - y.aEnd || x.bStart - y.bStart);
  const slots: Slot[] = [];
  let start = 0;
  for (const region of ordered) {
    const lengthA = region.aEnd - region.aStart;
    const lengthB = region.bEnd - region.bStart;
    const length = Math.max(lengthA, lengthB);
    if (length <= 0) continue;
    // The same content is stretched to play in step; other content plays at its own speed.
    const stretch = region.kind !== "REPLACED";
    const rate = (own: number): number => (own <= 0 ? 0 : stretch ? own / length : 1);
    slots.push({ region, start, end: start + length, rateA: rate(lengthA), rateB: rate(lengthB) });
    start += length;
  }
  return {
    slots,
    duration: start,
    byB: slots
      .filter((slot) => slot.rateB > 0)
      .sort((x, y) => x.region.bStart - y.region.bStart),
  };
}

function wholeVideo(durationA: number, durationB: number): Region {
  return {
    kind: "REPLACED",
    modality: "visual",
    aStart: 0,
    aEnd: durationA,
    bStart: 0,
    bEnd: durationB,
    score: 0,
    confidence: 0,
    rate: 1,
  };
}

/** The last item whose `start` is not after `value`; -1 when there is none. Items are ordered. */
export function lastNotAfter<T>(items: readonly T[], start: (item: T) => number, value: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start(items[middle] as T) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The slot that holds a master time; the ends belong to the first and the last slot. */
export function slotIndexAt(master: MasterTimeline, time: number): number {
  return Math.max(0, lastNotAfter(master.slots, (slot) => slot.start, time));
}

/** Where both versions are at a master time; undefined on an empty timeline. */
export function positionAt(master: MasterTimeline, time: number): Position | undefined {
  const slot = master.slots[slotIndexAt(master, time)];
  if (!slot) return undefined;
  const into = Math.min(Math.max(time - slot.start, 0), slot.end - slot.start);
  const { aStart, aEnd, bStart, bEnd } = slot.region;
  const a = Math.min(aStart + into * slot.rateA, aEnd);
  const b = Math.min(bStart + into * slot.rateB, bEnd);
  return { slot, a, b, aMoves: slot.rateA > 0 && a < aEnd, bMoves: slot.rateB > 0 && b < bEnd };
}

/** Where a time of A lies on the master timeline. */
export function masterOfA(master: MasterTimeline, a: number): number {
  const index = lastNotAfter(master.slots, (slot) => slot.region.aStart, a);
  const slot = master.slots[Math.max(0, index)];
  if (!slot) return 0;
  if (slot.rateA === 0) return slot.end;
  return Math.min(slot.start + Math.max(0, a - slot.region.aStart) / slot.rateA, slot.end);
}

/** Where a time of B lies on the master timeline. */
export function masterOfB(master: MasterTimeline, b: number): number {
  const slot = master.byB[Math.max(0, lastNotAfter(master.byB, (item) => item.region.bStart, b))];
  if (!slot) return 0;
  return Math.min(slot.start + Math.max(0, b - slot.region.bStart) / slot.rateB, slot.end);
}

/** The stretch of the master timeline that a region covers, whichever timeline it was found on. */
export function spanOf(
  master: MasterTimeline,
  region: Pick<Region, "aStart" | "aEnd" | "bStart" | "bEnd">,
): { readonly start: number; readonly end: number } {
  const starts: number[] = [];
  const ends: number[] = [];
  if (region.aEnd > region.aStart) {
    starts.push(masterOfA(master, region.aStart));
    ends.push(endOfA(master, region.aEnd));
  }
  if (region.bEnd > region.bStart && (starts.length === 0 || hasBBeside(master, region))) {
    starts.push(masterOfB(master, region.bStart));
    ends.push(endOfB(master, region.bEnd));
  }
  if (starts.length === 0) {
    const at = masterOfA(master, region.aStart);
    return { start: at, end: at };
  }
  return { start: Math.min(...starts), end: Math.max(...ends) };
}

/** Whether the B side lies on the same stretch as the A side: not so for what moved elsewhere. */
function hasBBeside(master: MasterTimeline, region: Pick<Region, "aStart" | "aEnd" | "bStart">): boolean {
  const startA = masterOfA(master, region.aStart);
  const endA = endOfA(master, region.aEnd);
  const startB = masterOfB(master, region.bStart);
  return startB >= startA - 1e-6 && startB < endA;
}

/** Like masterOfA for the exclusive end of an interval: the end of a slot, not the start of the next. */
function endOfA(master: MasterTimeline, aEnd: number): number {
  const index = lastNotAfter(master.slots, (slot) => slot.region.aStart, aEnd - 1e-9);
  for (let i = Math.max(0, index); i >= 0; i -= 1) {
    const slot = master.slots[i];
    if (slot && slot.rateA > 0) {
      return Math.min(slot.start + (aEnd - slot.region.aStart) / slot.rateA, slot.end);
    }
  }
  return 0;
}

function endOfB(master: MasterTimeline, bEnd: number): number {
  const slot =
    master.byB[Math.max(0, lastNotAfter(master.byB, (item) => item.region.bStart, bEnd - 1e-9))];
  return slot ? Math.min(slot.start + (bEnd - slot.region.bStart) / slot.rateB, slot.end) : 0;
}
