/** The thumbnails of what is in view, as dense as it is shown. */
import { useMemo } from "react";
import type { MasterTimeline } from "../domain/masterTimeline";
import { STRIP_PICTURES, useStripCache, type Filmstrip } from "./useFilmstrip";
import { usePreviews } from "./usePreviews";
import { rangesInView, timesOf, windowsOf } from "./windows";
import type { View } from "./zoom";

/** Pictures of one call. */
const TOGETHER = 24;

export interface FineStripsOf {
  readonly video: string | undefined;
  readonly duration: number;
  readonly side: "a" | "b";
}

/** `step`: seconds between two thumbnails. Those that have arrived. */
export function useFineStrips({ video, duration, side }: FineStripsOf, master: MasterTimeline, view: View, step: number): Filmstrip[] {
  const cache = useStripCache();
  const requests = useMemo(() => {
    if (video === undefined || !(step > 0)) return [];
    return windowsOf(duration, STRIP_PICTURES, TOGETHER, step, rangesInView(master, side, view))
      .map((window) => ({ video, times: timesOf(window, duration) }))
      .filter(({ times }) => times.length > 0);
  }, [video, duration, side, master, view, step]);
  return usePreviews(cache, requests);
}
