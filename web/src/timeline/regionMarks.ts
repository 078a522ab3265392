/** What a lane draws of its regions: no more than there is room for. Pure; sizes in pixels. */
import { severity } from "../domain/kinds";
import type { Region } from "../domain/model";
import type { View } from "./zoom";

export interface PlacedRegion {
  readonly region: Region;
  readonly stretch: { readonly start: number; readonly end: number };
}

export interface RegionMark {
  /** The one that is told and gone to: the worst of those that lie here. */
  readonly region: Region;
  /** All that lie here, in order of time. */
  readonly regions: readonly Region[];
  readonly left: number;
  readonly width: number;
}

/** A mark in the making. */
interface Drawn {
  region: Region;
  readonly regions: Region[];
  readonly left: number;
  width: number;
}

/** A difference of one frame must still be seen. */
export const MIN_PIXELS = 4;

/**
 * The regions in view, which are in order of time. What is too narrow to be told apart from its
 * neighbour shares a mark with it, so that there are never more marks than the lane has room for.
 */
export function regionMarks(placed: readonly PlacedRegion[], view: View, width: number): RegionMark[] {
  const perSecond = width / (view.end - view.start);
  const marks: Drawn[] = [];
  for (const { region, stretch } of placed) {
    if (stretch.end < view.start || stretch.start > view.end) continue;
    const left = (stretch.start - view.start) * perSecond;
    const pixels = Math.max(MIN_PIXELS, (stretch.end - stretch.start) * perSecond);
    const last = marks.at(-1);
    if (last && pixels <= MIN_PIXELS && left < last.left + MIN_PIXELS && last.width < 2 * MIN_PIXELS) {
      if (severity(region) > severity(last.region)) last.region = region;
      last.regions.push(region);
      last.width = Math.max(last.width, left + pixels - last.left);
    } else {
      marks.push({ region, regions: [region], left, width: pixels });
    }
  }
  return marks;
}
