/**
 * Which part of both pictures is shown, and where they then lie. Pure; sizes are CSS pixels, places
 * within a picture are fractions of its size, from the top left.
 */
import type { Box, PictureMap } from "../domain/model";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Rect extends Size {
  readonly left: number;
  readonly top: number;
}

/** `zoom` 1 is the whole picture, fitted into its area; `x` and `y` are the picture's part in the middle. */
export interface Lens extends Place {
  readonly zoom: number;
}

export const WHOLE: Lens = { zoom: 1, x: 0.5, y: 0.5 };
export const SAME_PLACE: PictureMap = { scaleX: 1, offsetX: 0, scaleY: 1, offsetY: 0, mirrored: false };

/** How much larger than its pixels, and than the area, a picture may get. */
const MOST = 8;

/** The largest place of a picture in the middle of an area, all of it seen. */
export function fitted(area: Size, picture: Size): Rect {
  if (picture.width <= 0 || picture.height <= 0) return { left: 0, top: 0, ...area };
  const scale = Math.min(area.width / picture.width, area.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (area.width - width) / 2, top: (area.height - height) / 2, width, height };
}

/** Where a picture lies that is looked at through a lens; parts of it may be outside of the area. */
export function placed(area: Size, picture: Size, lens: Lens): Rect {
  const whole = fitted(area, picture);
  const [width, height] = [whole.width * lens.zoom, whole.height * lens.zoom];
  return { left: area.width / 2 - lens.x * width, top: area.height / 2 - lens.y * height, width, height };
}

/** Where B's picture lies when A's lies at `a`. */
export function laidUpon(a: Rect, map: PictureMap): Rect {
  return {
    left: a.left + map.offsetX * a.width,
    top: a.top + map.offsetY * a.height,
    width: map.scaleX * a.width,
    height: map.scaleY * a.height,
  };
}

/** A part of B's picture, as a part of A's. */
export function inA({ left, top, width, height }: Box, map: PictureMap): Box {
  const fromLeft = map.mirrored ? 1 - left - width : left;
  return {
    left: map.scaleX * fromLeft + map.offsetX,
    top: map.scaleY * top + map.offsetY,
    width: map.scaleX * width,
    height: map.scaleY * height,
  };
}

/** The zoom at which one pixel of the picture is one of the screen. */
export function pixelZoom(area: Size, picture: Size, pixelRatio: number): number {
  const { width } = fitted(area, picture);
  return width > 0 && picture.width > 0 ? picture.width / width / pixelRatio : 1;
}

/** Another zoom, so that `anchor` stays where it is. `pixels` is the zoom of pixel by pixel. */
export function zoomed(lens: Lens, zoom: number, anchor: Place, pixels: number): Lens {
  const next = Math.min(Math.max(zoom, Math.min(1, pixels)), MOST * Math.max(1, pixels));
  const share = lens.zoom / next;
  return kept({
    zoom: next,
    x: anchor.x + (lens.x - anchor.x) * share,
    y: anchor.y + (lens.y - anchor.y) * share,
  });
}

/** Moves the part in sight by fractions of the picture. */
export function moved(lens: Lens, by: Place): Lens {
  return kept({ ...lens, x: lens.x + by.x, y: lens.y + by.y });
}

/** A picture that is larger than its area stays in it. */
function kept({ zoom, x, y }: Lens): Lens {
  const margin = Math.min(0.5 / zoom, 0.5);
  return { zoom, x: Math.min(Math.max(x, margin), 1 - margin), y: Math.min(Math.max(y, margin), 1 - margin) };
}

/** Pixels are shown as such from twice their size on: smaller, they would only look ragged. */
export function showsPixels(zoom: number, pixels: number): boolean {
  return zoom >= 2 * pixels;
}
