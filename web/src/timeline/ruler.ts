/** The marks of a time ruler. */
import type { View } from "./zoom";

const STEPS = [
  0.04, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
] as const;

/** Times of the labelled marks: round, and at least `minPixels` apart on `width` pixels. */
export function rulerMarks(view: View, width: number, minPixels: number): number[] {
  const span = view.end - view.start;
  if (width <= 0 || span <= 0) return [];
  const wanted = (span / width) * minPixels;
  const step = STEPS.find((candidate) => candidate >= wanted) ?? 7200;
  const marks: number[] = [];
  for (let index = Math.ceil(view.start / step); index * step <= view.end; index += 1) {
    marks.push(index * step);
  }
  return marks;
}
