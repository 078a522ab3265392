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
 * Fills `width` pixels with tiles of `tileWidth`; each shows the picture that the side shows at the
 * tile's middle. Where the side stands still there is no tile.
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
    const position = positionAt(master, (index + 0.5) * tileWidth * perPixel);
    if (!position || !(side === "a" ? position.aMoves : position.bMoves)) continue;
    const shown = lastNotAfter(times, (time) => time, side === "a" ? position.a : position.b);
    tiles.push({ x, picture: Math.max(0, shown) });
  }
}
