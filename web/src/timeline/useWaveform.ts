/** The loudness of a video's sound. */
import { useEffect, useState } from "react";
import { ingest } from "../api/clients";
import type { Waveform } from "./waveform";
import type { Window } from "./windows";

/** How many values stand for the sound of a whole video. */
export const WAVEFORM_VALUES = 3000;
const TIMEOUT_MS = 120_000;

/** The loudness of a stretch, an `end` of 0 being the video's. */
export async function fetchWaveform(video: string, window: Window, signal: AbortSignal): Promise<Waveform> {
  const { start, end, count } = window;
  const answer = await ingest.getWaveform({ name: video, start, end, count }, { signal, timeoutMs: TIMEOUT_MS });
  return { peaks: answer.peaks, stepSeconds: answer.stepSeconds || Infinity, start };
}

/** `video` is undefined for one without sound. Undefined until it is there; nothing depends on it. */
export function useWaveform(video: string | undefined): Waveform | undefined {
  const [found, setFound] = useState<{ readonly video: string; readonly waveform: Waveform }>();
  useEffect(() => {
    if (video === undefined) return undefined;
    const abort = new AbortController();
    fetchWaveform(video, { start: 0, end: 0, count: WAVEFORM_VALUES }, abort.signal).then(
      (waveform) => {
        if (!abort.signal.aborted) setFound({ video, waveform });
      },
      () => undefined,
    );
    return () => abort.abort();
  }, [video]);
  return found?.video === video ? found?.waveform : undefined;
}
