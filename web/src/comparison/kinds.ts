/** How each kind of region is told: a word, a letter, a sentence; colours and patterns are in CSS. */
import type { Kind, Modality, Reason, Region } from "./model";

export type DifferenceKind = Exclude<Kind, "UNCHANGED">;

export interface KindLook {
  readonly word: string;
  readonly letter: string;
  readonly meaning: string;
}

export const KIND_LOOKS: Record<Kind, KindLook> = {
  UNCHANGED: { word: "Unchanged", letter: "U", meaning: "The same on both sides" },
  REPLACED: { word: "Replaced", letter: "R", meaning: "Other content in the same place" },
  INSERTED: { word: "Inserted", letter: "I", meaning: "Only in B" },
  DELETED: { word: "Deleted", letter: "D", meaning: "Only in A" },
  MOVED: { word: "Moved", letter: "M", meaning: "The same content in another place" },
  RETIMED: { word: "Retimed", letter: "T", meaning: "The same content at another speed" },
};

/** What is said of a replaced stretch beside its kind. */
export const REASON_WORDS: Record<Reason, string> = {
  CONTENT: "",
  LOOK: "another look",
  OVERLAY: "over a part",
};

export const DIFFERENCE_KINDS: readonly DifferenceKind[] = [
  "REPLACED",
  "INSERTED",
  "DELETED",
  "MOVED",
  "RETIMED",
];

export const MODALITY_WORDS: Record<Modality, string> = {
  visual: "Picture",
  audio: "Sound",
  transcription: "Speech",
};

/** How much a kind of change weighs for an editor, for each second of it. */
const WEIGHTS: Record<Kind, number> = {
  UNCHANGED: 0,
  REPLACED: 1,
  INSERTED: 1,
  DELETED: 1,
  MOVED: 0.5,
  RETIMED: 0.5,
};

/** Orders differences by how much changed: distance (or 1 where nothing compares) times length. */
export function severity(region: Region): number {
  const length = Math.max(region.aEnd - region.aStart, region.bEnd - region.bStart);
  const depth = region.kind === "REPLACED" ? Math.min(1, region.score) : 1;
  return WEIGHTS[region.kind] * depth * length;
}
