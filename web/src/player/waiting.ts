/** Why a version stands still where the other one plays on, in words. */
import type { Kind, Side } from "../domain/model";
import type { Position } from "../domain/masterTimeline";
import type { Texts } from "../texts";

type Waits = Texts["player"]["waits"];

/** A side that is over a moment earlier has nothing to wait for that is worth saying. */
const SAID_FROM_SECONDS = 0.1;

const BY_KIND: Partial<Record<Kind, "insertedInB" | "deletedInB">> = {
  INSERTED: "insertedInB",
  DELETED: "deletedInB",
};

/** Undefined where the side plays, or both have come to their end. */
export function waitingOf(side: Side, position: Position | undefined, t: Waits): string | undefined {
  if (!position) return undefined;
  const { slot, aMoves, bMoves } = position;
  const [own, otherMoves] = side === "a" ? [slot.rateA, bMoves] : [slot.rateB, aMoves];
  if (own === 0) return t[BY_KIND[slot.region.kind] ?? "nothingHere"];
  const moves = side === "a" ? aMoves : bMoves;
  if (moves || !otherMoves) return undefined;
  const { aStart, aEnd, bStart, bEnd } = slot.region;
  const shorter = side === "a" ? bEnd - bStart - (aEnd - aStart) : aEnd - aStart - (bEnd - bStart);
  return shorter > SAID_FROM_SECONDS ? t.shorter(side.toUpperCase()) : undefined;
}
