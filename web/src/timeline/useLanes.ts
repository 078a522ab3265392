/** Everything that the timeline shows below the two versions, placed on the master timeline. */
import { useMemo } from "react";
import type { Findings } from "../comparison/findings";
import { isDifference, type Comparison } from "../comparison/model";
import { graphSteps } from "./graph";
import { spanOf, type MasterTimeline } from "./masterTimeline";
import { movesOf } from "./moves";
import { lookRemarks, offsetRemarks } from "./remarks";

export function useLanes(comparison: Comparison, findings: Findings, master: MasterTimeline) {
  const found = useMemo(
    () => ({
      regions: findings.tracks.map((track) => ({
        modality: track.modality,
        placed: track.regions.filter(isDifference).map((region) => ({ region, stretch: spanOf(master, region) })),
      })),
      moves: movesOf(master, findings.differences),
      remarks: [
        { name: "Sync", remarks: offsetRemarks(findings.tracks, master) },
        { name: "Look", remarks: lookRemarks(comparison.looks, master) },
      ].filter(({ remarks }) => remarks.length > 0),
    }),
    [comparison.looks, findings, master],
  );
  const graphs = useMemo(
    () =>
      comparison.tracks.map((track) => ({ modality: track.modality, steps: graphSteps(track.segments, master) })),
    [comparison, master],
  );
  return { ...found, graphs };
}
