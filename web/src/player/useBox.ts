/** The changed part of the picture at the playhead. */
import { useEffect, useState } from "react";
import type { Comparison, Region } from "../domain/model";
import { slotIndexAt } from "../domain/masterTimeline";
import type { PlayerController } from "./controller";

export function useBox(player: PlayerController, comparison: Comparison): Region["box"] {
  const [region, setRegion] = useState<Region>();
  useEffect(
    () =>
      player.onTime((time) => {
        setRegion(player.master.slots[slotIndexAt(player.master, time)]?.region);
      }),
    [player, comparison],
  );
  return region?.box;
}
