/** The loudness of one side over the master timeline. */
import { positionAt, type MasterTimeline } from "../domain/masterTimeline";
import type { View } from "./zoom";

export interface Waveform {
  /** 0 (silence) to 1 (full scale). */
  readonly peaks: readonly number[];
  readonly stepSeconds: number;
  /** Where the first one begins. */
  readonly start: number;
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

/**
 * One peak for each `columnWidth` pixels; 0 where the side stands still. Each comes of the first
 * waveform that reaches there.
 */
export function waveformColumns(
  waveforms: readonly Waveform[],
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
    const waveform = waveforms.find(({ start, peaks, stepSeconds }) => time >= start && time < start + peaks.length * stepSeconds);
    columns.push(waveform ? loudest(waveform, time - half, time + half) : 0);
  }
  return columns;
}

/** The loudest of what falls on a stretch: a click is never lost. */
function loudest({ peaks, stepSeconds, start }: Waveform, from: number, to: number): number {
  const first = Math.max(0, Math.floor((from - start) / stepSeconds));
  const last = Math.max(first, Math.floor((to - start) / stepSeconds));
  let most = 0;
  for (let index = first; index <= last && index < peaks.length; index += 1) most = Math.max(most, peaks[index] ?? 0);
  return most;
}
