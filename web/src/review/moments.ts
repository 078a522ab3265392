/** The moment that a note is about: on the edit timeline, and in both versions. */
import { frameAt } from "../time/timecode";
import { masterOfA, masterOfB, positionAt, type MasterTimeline } from "../domain/masterTimeline";
import type { NoteDraft } from "./review";

export type NoteMoment = Pick<NoteDraft, "aSeconds" | "bSeconds" | "aFrame" | "bFrame">;

interface FrameRates {
  readonly a: number;
  readonly b: number;
}

/** What is shown at a time of the edit timeline; a version that stands still there is left out. */
export function momentAt(master: MasterTimeline, time: number, rates: FrameRates): NoteMoment {
  const position = positionAt(master, time);
  if (!position) return {};
  const { slot, a, b } = position;
  return {
    ...(slot.rateA > 0 ? { aSeconds: a, ...frame("aFrame", a, rates.a) } : {}),
    ...(slot.rateB > 0 ? { bSeconds: b, ...frame("bFrame", b, rates.b) } : {}),
  };
}

/** Where a note lies on the edit timeline; undefined when it is about no moment. */
export function timeOfMoment(master: MasterTimeline, { aSeconds, bSeconds }: NoteMoment): number | undefined {
  if (aSeconds !== undefined) return masterOfA(master, aSeconds);
  if (bSeconds !== undefined) return masterOfB(master, bSeconds);
  return undefined;
}

function frame(name: "aFrame" | "bFrame", seconds: number, rate: number): NoteMoment {
  return rate > 0 ? { [name]: BigInt(frameAt(seconds, rate)) } : {};
}
