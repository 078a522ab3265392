/** What a comparison comes to, in words. */
import { texts } from "../texts";
import type { Findings } from "./findings";
import type { Comparison } from "./model";

type Found = Pick<Findings, "differences" | "outOfStep" | "reencodeOnly">;
type Compared = Pick<Comparison, "complete" | "onlyInA" | "onlyInB" | "soundDifferences" | "looks">;

/** `edits`: how many there are at the threshold that is set. */
export function verdict(edits: number, found: Found, compared: Compared): string {
  const { verdict: t, edits: editsInWords } = texts().domain;
  if (!compared.complete) return t.comparing;
  if (found.reencodeOnly) return t.reencoded;
  const throughout = compared.looks.length > 0 ? t.looksDifferent : undefined;
  const sound = found.outOfStep ? t.outOfStep : compared.soundDifferences.length > 0 ? t.soundDiffers : undefined;
  const besides = [throughout, sound].filter((part) => part !== undefined);
  if (edits > 0) return t.all([editsInWords(edits), ...besides]);
  if (besides.length > 0) return t.noEditsBut(t.all(besides));
  if (compared.onlyInA.length + compared.onlyInB.length > 0) return t.sameInBoth;
  return t.none;
}
