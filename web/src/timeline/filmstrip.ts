/** Which thumbnail stands where on a track. */
import { lastNotAfter, positionAt, type MasterTimeline } from "../domain/masterTimeline";
import type { Filmstrip } from "./useFilmstrip";
import type { View } from "./zoom";

export interface Tile {
  /** Left edge in pixels. */
  readonly x: number;
  readonly strip: Filmstrip;
  /** Index of the picture in the strip. */
  readonly picture: number;
}

/**
 * Fills `width` pixels with tiles of `tileWidth`; each shows the picture nearest to what the
 * side shows there.
 * Where the side stands still there is no tile, but a neighbour may reach into that place.
 */
export function filmstripTiles(
  master: MasterTimeline,
  side: "a" | "b",
  strips: readonly Filmstrip[],
  view: View,
  width: number,
  tileWidth: number,
): Tile[] {
  if (strips.length === 0 || width <= 0 || tileWidth <= 0) return [];
  const perPixel = (view.end - view.start) / width;
  // Tiles stick to the material, not to the window, so that they travel when the view moves.
  const firstIndex = Math.floor(view.start / perPixel / tileWidth);
  const tiles: Tile[] = [];
  for (let index = firstIndex; ; index += 1) {
    const x = index * tileWidth - view.start / perPixel;
    if (x >= width) return tiles;
    // Its middle, or the edge that still reaches into the material.
    const position = [0.5, 0.99, 0.01]
      .map((share) => positionAt(master, (index + share) * tileWidth * perPixel))
      .find((candidate) => candidate && (side === "a" ? candidate.aMoves : candidate.bMoves));
    if (!position) continue;
    const nearest = nearestPicture(strips, side === "a" ? position.a : position.b);
    if (nearest) tiles.push({ x, ...nearest });
  }
}

/** Of all strips the picture that is shown at a time, or the nearest one to it. */
export function nearestPicture(
  strips: readonly Filmstrip[],
  time: number,
): { readonly strip: Filmstrip; readonly picture: number } | undefined {
  let best: { readonly strip: Filmstrip; readonly picture: number } | undefined;
  let least = Infinity;
  for (const strip of strips) {
    const before = Math.max(0, lastNotAfter(strip.times, (own) => own, time));
    for (const picture of [before, before + 1]) {
      const own = strip.times[picture];
      if (own === undefined) continue;
      const apart = Math.abs(own - time);
      if (apart < least) [best, least] = [{ strip, picture }, apart];
    }
  }
  return best;
}
