/** Which pictures stand for which edits, and which of them are asked for together. Pure. */
import type { StripRequest } from "../timeline/windows";
import type { Edit } from "../domain/edits";

export type Videos = { readonly a: string | undefined; readonly b: string | undefined };

/** Where the picture of an edit is found on one side. */
export interface PicturePlace {
  readonly request: StripRequest;
  readonly index: number;
}

/** So many edits share one call: few enough that their exact pictures are decoded at once. */
const TOGETHER = 12;

/** The picture of an edit on one side: its middle or, where nothing of it is there, its cut. */
export function pictureTime({ lead }: Edit, side: "a" | "b"): number {
  const middle = side === "a" ? (lead.aStart + lead.aEnd) / 2 : (lead.bStart + lead.bEnd) / 2;
  return Math.round(middle * 1000) / 1000;
}

/**
 * The places of all edits by their keys. Edits that follow each other share a request, which depends on
 * them alone, not on how they are sorted or filtered.
 */
export function picturePlaces(edits: readonly Edit[], videos: Videos, side: "a" | "b"): ReadonlyMap<string, PicturePlace> {
  const video = videos[side];
  const places = new Map<string, PicturePlace>();
  if (video === undefined) return places;
  for (let first = 0; first < edits.length; first += TOGETHER) {
    const own = edits.slice(first, first + TOGETHER);
    const times = [...new Set(own.map((edit) => pictureTime(edit, side)))].sort((x, y) => x - y);
    const request = { video, times };
    for (const edit of own) places.set(edit.key, { request, index: times.indexOf(pictureTime(edit, side)) });
  }
  return places;
}
