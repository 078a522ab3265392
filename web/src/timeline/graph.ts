/** The distance of every segment as a stepped line over the master timeline. */
import type { Segment } from "../domain/model";
import { slotIndexAt, spanOf, type MasterTimeline } from "../domain/masterTimeline";
import type { View } from "./zoom";

/** One step of the line. `distance` is undefined where only one version has something. */
export interface GraphStep {
  readonly start: number;
  readonly end: number;
  readonly distance: number | undefined;
}

/** Places the segments on the master timeline, in its order, with gaps where A stands still. */
export function graphSteps(segments: readonly Segment[], master: MasterTimeline): GraphStep[] {
  return segments
    .flatMap((segment) => {
      if (segment.presence === "b") {
        const span = spanOf(master, { ...segment, aStart: 0, aEnd: 0 });
        return [{ start: span.start, end: span.end, distance: undefined }];
      }
      const span = spanOf(master, { ...segment, bStart: 0, bEnd: 0 });
      return movingParts(master, span.start, span.end).map((part) => ({
        ...part,
        distance: segment.distance,
      }));
    })
    .sort((x, y) => x.start - y.start);
}

/** The parts of a stretch in which A plays. */
function movingParts(
  master: MasterTimeline,
  start: number,
  end: number,
): { readonly start: number; readonly end: number }[] {
  const parts: { start: number; end: number }[] = [];
  for (let index = slotIndexAt(master, start); index < master.slots.length; index += 1) {
    const slot = master.slots[index];
    if (!slot || slot.start >= end) break;
    if (slot.rateA === 0) continue;
    const part = { start: Math.max(start, slot.start), end: Math.min(end, slot.end) };
    const last = parts.at(-1);
    if (last && part.start - last.end < 1e-9) last.end = part.end;
    else if (part.end > part.start) parts.push(part);
  }
  return parts;
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
