/** Everything that the timeline shows below the two versions, placed on the master timeline. */
import { useMemo } from "react";
import type { Findings } from "../domain/findings";
import { isDifference, type Comparison } from "../domain/model";
import { graphSteps } from "./graph";
import { spanOf, type MasterTimeline } from "../domain/masterTimeline";
import { SERVICE_LANGUAGE } from "../texts/language";
import { useTexts } from "../texts/useTexts";
import { movesOf } from "./moves";
import { lookRemarks, offsetRemarks } from "./remarks";

export function useLanes(comparison: Comparison, findings: Findings, master: MasterTimeline) {
  const t = useTexts().timeline.lanes;
  const found = useMemo(
    () => ({
      regions: findings.tracks.map((track) => ({
        modality: track.modality,
        placed: track.regions
          .filter(isDifference)
          .map((region) => ({ region, stretch: spanOf(master, region) }))
          .sort((x, y) => x.stretch.start - y.stretch.start),
      })),
      moves: movesOf(master, findings.differences),
      remarks: [
        { name: t.sync, lang: undefined, remarks: offsetRemarks(findings.tracks, master) },
        // Looks are told in the service's words.
        { name: t.look, lang: SERVICE_LANGUAGE, remarks: lookRemarks(comparison.looks, master) },
      ].filter(({ remarks }) => remarks.length > 0),
    }),
    [comparison.looks, findings, master, t],
  );
  const graphs = useMemo(
    () =>
      comparison.tracks.map((track) => ({ modality: track.modality, steps: graphSteps(track.segments, master) })),
    [comparison, master],
  );
  return { ...found, graphs };
}
