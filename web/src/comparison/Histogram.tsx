import { memo, useMemo } from "react";
import { THRESHOLD_MAX, THRESHOLD_MIN } from "../domain/threshold";
import { barHeights, histogramOf } from "../domain/histogram";
import type { Track } from "../domain/model";

interface HistogramProps {
  readonly tracks: readonly Track[];
  readonly threshold: number;
}

const BINS = 49;
const HEIGHT = 28;

/** The distances of all segments behind the threshold: those that differ stand out. */
export const Histogram = memo(function Histogram({ tracks, threshold }: HistogramProps) {
  const bins = useMemo(() => histogramOf(tracks, THRESHOLD_MIN, THRESHOLD_MAX, BINS), [tracks]);
  const heights = useMemo(() => barHeights(bins), [bins]);
  return (
    <svg
      viewBox={`0 0 ${BINS} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="block h-7 w-full"
      aria-hidden="true"
      data-testid="histogram"
    >
      {bins.map(({ start, end, count }, index) => {
        const height = (heights[index] ?? 0) * HEIGHT;
        return (
          count > 0 && (
            <rect
              key={start}
              x={index + 0.1}
              width={0.8}
              y={HEIGHT - height}
              height={height}
              fill={(start + end) / 2 > threshold ? "var(--replaced)" : "var(--line-strong)"}
            />
          )
        );
      })}
    </svg>
  );
});
