import { memo, useMemo } from "react";
import { graphOutline, type GraphStep } from "./graph";
import { THRESHOLD_MAX } from "../domain/threshold";
import { useTexts } from "../texts/useTexts";
import type { View } from "./zoom";

interface DistanceGraphProps {
  readonly label: string;
  readonly steps: readonly GraphStep[];
  readonly view: View;
  readonly width: number;
  readonly threshold: number;
}

const HEIGHT = 56;

/** Distances on a root scale: the small ones, where thresholds lie, get the room. */
function heightOf(distance: number): number {
  return Math.min(1, Math.sqrt(Math.max(0, distance) / THRESHOLD_MAX)) * (HEIGHT - 2);
}

/** The distance of every segment as bars, those over the threshold filled, with the threshold line. */
export const DistanceGraph = memo(function DistanceGraph({ label, steps, view, width, threshold }: DistanceGraphProps) {
  const t = useTexts().comparison.sensitivity;
  const bars = useMemo(() => graphOutline(steps, view, width), [steps, view, width]);
  const line = HEIGHT - heightOf(threshold);
  const path = (over: boolean): string =>
    bars
      .filter((bar) => bar.distance > threshold === over)
      .map((bar) => {
        const top = HEIGHT - Math.max(1, heightOf(bar.distance));
        return `M${bar.x.toFixed(1)} ${HEIGHT}V${top.toFixed(1)}h${Math.max(0.7, bar.width - 0.6).toFixed(1)}V${HEIGHT}z`;
      })
      .join("");
  return (
    <svg
      role="img"
      aria-label={label}
      width={Math.max(width, 1)}
      height={HEIGHT}
      className="block bg-well"
    >
      <path d={path(false)} fill="var(--ink-faint)" opacity={0.45} />
      <path d={path(true)} fill="var(--replaced)" />
      <line x1={0} x2={width} y1={line} y2={line} stroke="var(--ink)" strokeDasharray="4 3" strokeWidth={1} />
      <text x={4} y={Math.max(11, line - 3)} fontSize={12} fill="var(--ink)" className="tc">
        {t.value(threshold)}
      </text>
    </svg>
  );
});
