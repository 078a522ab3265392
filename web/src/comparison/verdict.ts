/** What a comparison comes to, in words. */
import { editsInWords } from "./edits";
import type { Findings } from "./findings";
import type { Comparison } from "./model";

type Found = Pick<Findings, "differences" | "outOfStep" | "reencodeOnly">;
type Compared = Pick<Comparison, "complete" | "onlyInA" | "onlyInB" | "soundDifferences" | "looks">;

/** `edits`: how many there are at the threshold that is set. */
export function verdict(edits: number, found: Found, compared: Compared): string {
  if (!compared.complete) return "Comparing…";
  if (found.reencodeOnly) return "Only re-encoded";
  const throughout = compared.looks.length > 0 ? "B looks different throughout" : undefined;
  const sound = found.outOfStep
    ? "the sound is out of step"
    : compared.soundDifferences.length > 0
      ? "the sound differs"
      : undefined;
  const besides = [throughout, sound].filter((part) => part !== undefined);
  if (edits > 0) return inWords([editsInWords(edits), ...besides]);
  if (besides.length > 0) return `No edits, but ${inWords(besides)}`;
  if (compared.onlyInA.length + compared.onlyInB.length > 0) return "No difference in what both have";
  return "No edits found";
}

/** "a, b, and c". */
function inWords(parts: readonly string[]): string {
  const [first = "", ...others] = parts;
  if (others.length === 0) return first;
  return `${[first, ...others.slice(0, -1)].join(", ")}, and ${others.at(-1) ?? ""}`;
}

/** What the percentage beside it means. */
export const SIMILARITY_MEANING =
  "How much of the time of both versions is the same, in picture and sound. A long video with a short edit is close to 100%; how different the edited parts look does not count.";
