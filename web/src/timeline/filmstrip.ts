/** Which thumbnail stands where on a track. */
import { lastNotAfter, positionAt, type MasterTimeline } from "./masterTimeline";
import type { View } from "./zoom";

export interface Tile {
  /** Left edge in pixels. */
  readonly x: number;
  /** Index of the picture in the strip. */
  readonly picture: number;
}

/**
 * Fills `width` pixels with tiles of `tileWidth`; each shows the picture that the side shows there.
 * Where the side stands still there is no tile, but a neighbour may reach into that place.
 */
export function filmstripTiles(
  master: MasterTimeline,
  side: "a" | "b",
  times: readonly number[],
  view: View,
  width: number,
  tileWidth: number,
): Tile[] {
  if (times.length === 0 || width <= 0 || tileWidth <= 0) return [];
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
    const shown = lastNotAfter(times, (time) => time, side === "a" ? position.a : position.b);
    tiles.push({ x, picture: Math.max(0, shown) });
  }
}
