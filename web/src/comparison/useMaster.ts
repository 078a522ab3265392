/** The edit timeline of a comparison, given to the player, which begins where the address says. */
import { useEffect, useMemo, useRef } from "react";
import type { PlayerController } from "../player/controller";
import { buildMaster, type MasterTimeline } from "../domain/masterTimeline";
import type { ComparisonLink } from "../domain/link";
import type { Comparison } from "../domain/model";

export function useMaster(
  comparison: Comparison,
  player: PlayerController,
  { time, nudges }: Pick<ComparisonLink, "time" | "nudges">,
): MasterTimeline {
  // The axis is made of what the server found: it must not shift while the threshold moves.
  const master = useMemo(() => {
    const main = comparison.tracks.find((track) => track.modality === "visual") ?? comparison.tracks[0];
    const regions = comparison.complete ? (main?.regions ?? []) : [];
    return buildMaster(regions, comparison.durationA, comparison.durationB);
  }, [comparison]);
  const restored = useRef(false);
  useEffect(() => {
    player.setMaster(master);
    if (!restored.current && comparison.complete) {
      restored.current = true;
      player.setNudges(nudges);
      player.seek(time);
    }
  }, [player, master, comparison.complete, time, nudges]);
  useEffect(() => () => player.pause(), [player]);
  return master;
}
