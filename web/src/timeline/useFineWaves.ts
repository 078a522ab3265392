/** The loudness of what is in view, as dense as it is shown. */
import { useEffect, useMemo, useState } from "react";
import type { MasterTimeline } from "../domain/masterTimeline";
import type { FineStripsOf } from "./useFineStrips";
import { fetchWaveform, WAVEFORM_VALUES } from "./useWaveform";
import { usePreviews } from "./usePreviews";
import type { Waveform } from "./waveform";
import { rangesInView, windowsOf, type Window } from "./windows";
import { PreviewCache } from "./previewCache";
import type { View } from "./zoom";

interface WaveRequest extends Window {
  readonly video: string;
}

/** Values of one call. */
const TOGETHER = 1000;

/** `step`: seconds for each column. Those that have arrived. */
export function useFineWaves({ video, duration, side }: FineStripsOf, master: MasterTimeline, view: View, step: number): Waveform[] {
  const [cache] = useState(
    () =>
      new PreviewCache<WaveRequest, Waveform>(
        (request) => `${request.video} ${request.start} ${request.end}`,
        (request, signal) => fetchWaveform(request.video, request, signal),
      ),
  );
  useEffect(() => () => cache.dispose(), [cache]);
  const requests = useMemo(() => {
    if (video === undefined || !(step > 0)) return [];
    const ranges = rangesInView(master, side, view);
    return windowsOf(duration, WAVEFORM_VALUES, TOGETHER, step, ranges).map((window) => ({
      ...window,
      video,
      end: Math.min(window.end, duration),
    }));
  }, [video, duration, side, master, view, step]);
  return usePreviews(cache, requests);
}
