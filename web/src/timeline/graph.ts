/** The distance of every segment as a stepped line over the master timeline. */
import type { Segment } from "../comparison/model";
import { masterOfA, masterOfB, spanOf, type MasterTimeline } from "./masterTimeline";
import type { View } from "./zoom";

/** One step of the line. `distance` is undefined where only one version has something. */
export interface GraphStep {
  readonly start: number;
  readonly end: number;
  readonly distance: number | undefined;
}

/** Places the segments on the master timeline, in its order. */
export function graphSteps(segments: readonly Segment[], master: MasterTimeline): GraphStep[] {
  return segments
    .map((segment) => {
      if (segment.presence === "b") {
        const span = spanOf(master, { ...segment, aStart: 0, aEnd: 0 });
        return { start: masterOfB(master, segment.bStart), end: span.end, distance: undefined };
      }
      const span = spanOf(master, { ...segment, bStart: 0, bEnd: 0 });
      return { start: masterOfA(master, segment.aStart), end: span.end, distance: segment.distance };
    })
    .sort((x, y) => x.start - y.start);
}

/**
 * The outline of the steps as points of a path: x in 0..width over the view, y in distance.
 *
 * Where many steps fall on one pixel, only the highest is drawn: a peak is never lost.
 */
export function graphOutline(
  steps: readonly GraphStep[],
  view: View,
  width: number,
): { readonly x: number; readonly width: number; readonly distance: number }[] {
  const perSecond = width / (view.end - view.start);
  const bars: { x: number; width: number; distance: number }[] = [];
  for (const { start, end, distance } of steps) {
    if (distance === undefined || end <= view.start || start >= view.end) continue;
    const x = (start - view.start) * perSecond;
    const right = (end - view.start) * perSecond;
    const last = bars.at(-1);
    if (last && right - last.x < 1) {
      last.width = right - last.x;
      last.distance = Math.max(last.distance, distance);
    } else {
      bars.push({ x, width: right - x, distance });
    }
  }
  return bars;
}
