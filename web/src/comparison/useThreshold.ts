import { useState } from "react";
import type { ComparisonLink } from "../domain/link";

/** The threshold that is set, beginning with the address's. */
export function useThreshold(link: ComparisonLink): [number, (threshold: number) => void] {
  const [threshold, setThreshold] = useState(link.threshold);
  const [metric, setMetric] = useState(link.metric);
  if (metric !== link.metric) {
    // Another metric has another scale: its own usual threshold comes with it.
    setMetric(link.metric);
    setThreshold(link.threshold);
  }
  return [threshold, setThreshold];
}
