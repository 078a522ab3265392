/** The loudness of one side over the master timeline. */
import { positionAt, type MasterTimeline } from "./masterTimeline";
import type { View } from "./zoom";

export interface Waveform {
  /** 0 (silence) to 1 (full scale). */
  readonly peaks: readonly number[];
  readonly stepSeconds: number;
}

/** Quieter sound than this is shown as quiet, not blown up. */
const QUIET = 0.05;

/** What peaks are multiplied with so that the loudest one of both sides is 1. */
export function waveformGain(waveforms: readonly (Waveform | undefined)[]): number {
  let loudest = QUIET;
  for (const waveform of waveforms) {
    for (const peak of waveform?.peaks ?? []) loudest = Math.max(loudest, peak);
  }
  return 1 / loudest;
}

/** One peak for each `columnWidth` pixels; 0 where the side stands still. */
export function waveformColumns(
  waveform: Waveform,
  master: MasterTimeline,
  side: "a" | "b",
  view: View,
  width: number,
  columnWidth: number,
): number[] {
  const perPixel = (view.end - view.start) / width;
  const columns: number[] = [];
  for (let x = 0; x < width; x += columnWidth) {
    const position = positionAt(master, view.start + (x + columnWidth / 2) * perPixel);
    if (!position || !(side === "a" ? position.aMoves : position.bMoves)) {
      columns.push(0);
      continue;
    }
    const time = side === "a" ? position.a : position.b;
    const half = (columnWidth * perPixel) / 2;
    const first = Math.max(0, Math.floor((time - half) / waveform.stepSeconds));
    const last = Math.max(first, Math.floor((time + half) / waveform.stepSeconds));
    // The loudest of what falls on the column: a click is never lost.
    columns.push(Math.max(0, ...waveform.peaks.slice(first, last + 1)));
  }
  return columns;
}
