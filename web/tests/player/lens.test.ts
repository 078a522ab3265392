import { describe, expect, it } from "vitest";
import { fitted, inA, laidUpon, moved, pixelZoom, placed, showsPixels, WHOLE, zoomed, type Lens, type Place } from "../../src/player/lens";

const area = { width: 800, height: 600 };
const wide = { width: 1600, height: 900 };

/** Where a place of the picture is on the screen. */
function onScreen(lens: Lens, { x, y }: Place): Place {
  const { left, top, width, height } = placed(area, wide, lens);
  return { x: left + x * width, y: top + y * height };
}

describe("a picture in its area", () => {
  it("is as large as fits, in the middle", () => {
    expect(fitted(area, wide)).toEqual({ left: 0, top: 75, width: 800, height: 450 });
    expect(fitted(area, { width: 300, height: 600 })).toEqual({ left: 250, top: 0, width: 300, height: 600 });
    expect(placed(area, wide, WHOLE)).toEqual(fitted(area, wide));
  });

  it("is shown pixel by pixel at one zoom", () => {
    expect(pixelZoom(area, wide, 1)).toBe(2);
    expect(pixelZoom(area, wide, 2)).toBe(1);
    expect(placed(area, wide, zoomed(WHOLE, 2, WHOLE, 2)).width).toBe(wide.width);
    expect(showsPixels(3.9, 2)).toBe(false);
    expect(showsPixels(4, 2)).toBe(true);
  });
});

describe("a lens", () => {
  it("keeps the place under the pointer where it is", () => {
    const anchor = { x: 0.4, y: 0.55 };
    const near = zoomed(WHOLE, 3, anchor, 1);
    const nearer = zoomed(near, 5, anchor, 1);
    const before = onScreen(near, anchor);
    const after = onScreen(nearer, anchor);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it("goes from pixel by pixel, or the whole picture, to eight times either", () => {
    expect(zoomed(WHOLE, 1000, WHOLE, 0.5).zoom).toBe(8);
    expect(zoomed(WHOLE, 1000, WHOLE, 3).zoom).toBe(24);
    expect(zoomed(WHOLE, 0.01, WHOLE, 0.5).zoom).toBe(0.5);
    expect(zoomed(WHOLE, 0.01, WHOLE, 3).zoom).toBe(1);
  });

  it("never loses the picture", () => {
    const edge = moved(zoomed(WHOLE, 4, WHOLE, 1), { x: 9, y: -9 });
    expect(edge).toEqual({ zoom: 4, x: 0.875, y: 0.125 });
    expect(moved(WHOLE, { x: 1, y: 1 })).toEqual(WHOLE);
    expect(zoomed(edge, 1, WHOLE, 1)).toEqual(WHOLE);
  });
});

describe("B's picture in A's", () => {
  const half = { scaleX: 0.5, offsetX: 0.25, scaleY: 0.5, offsetY: 0.1, mirrored: false };

  it("lies where the comparison found it", () => {
    expect(laidUpon({ left: 10, top: 20, width: 400, height: 200 }, half)).toEqual({ left: 110, top: 40, width: 200, height: 100 });
  });

  it("has its parts there too, mirrored or not", () => {
    const box = { left: 0, top: 0.5, width: 0.2, height: 0.5 };
    expect(inA(box, half)).toEqual({ left: 0.25, top: 0.35, width: 0.1, height: 0.25 });
    expect(inA(box, { ...half, mirrored: true }).left).toBeCloseTo(0.65);
  });
});
