/** Why a version stands still where the other one plays on, in words. */
import type { Kind } from "../comparison/model";
import type { Position } from "../timeline/masterTimeline";
import type { Side } from "./sync";

/** A side that is over a moment earlier has nothing to wait for that is worth saying. */
const SAID_FROM_SECONDS = 0.1;

const WAITS: Partial<Record<Kind, string>> = {
  INSERTED: "Waits: inserted in B",
  DELETED: "Waits: deleted in B",
};

/** Undefined where the side plays, or both have come to their end. */
export function waitingOf(side: Side, position: Position | undefined): string | undefined {
  if (!position) return undefined;
  const { slot, aMoves, bMoves } = position;
  const [own, otherMoves] = side === "a" ? [slot.rateA, bMoves] : [slot.rateB, aMoves];
  if (own === 0) return WAITS[slot.region.kind] ?? "Waits: nothing here";
  const moves = side === "a" ? aMoves : bMoves;
  if (moves || !otherMoves) return undefined;
  const { aStart, aEnd, bStart, bEnd } = slot.region;
  const shorter = side === "a" ? bEnd - bStart - (aEnd - aStart) : aEnd - aStart - (bEnd - bStart);
  return shorter > SAID_FROM_SECONDS ? `Waits: shorter in ${side.toUpperCase()}` : undefined;
}
