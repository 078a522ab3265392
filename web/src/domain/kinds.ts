/** The kinds of differences, and which of two weighs more. Words for them are texts, colours and patterns CSS. */
import type { Kind, Region } from "./model";

export type DifferenceKind = Exclude<Kind, "UNCHANGED">;

export const DIFFERENCE_KINDS: readonly DifferenceKind[] = [
  "REPLACED",
  "INSERTED",
  "DELETED",
  "MOVED",
  "RETIMED",
];

/**
 * Orders differences by seconds, as the service does: whole for new and missing content, by score for
 * replaced content, by the change of speed for retimed content; moved content is all there, and
 * counts half.
 */
export function severity(region: Region): number {
  const seconds = Math.max(region.aEnd - region.aStart, region.bEnd - region.bStart);
  switch (region.kind) {
    case "UNCHANGED":
      return 0;
    case "REPLACED":
      return seconds * Math.min(1, region.score);
    case "RETIMED":
      return seconds * Math.min(1, Math.abs(region.rate - 1));
    case "MOVED":
      return seconds * 0.5;
    default:
      return seconds;
  }
}
