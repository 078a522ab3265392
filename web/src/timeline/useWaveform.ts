/** The loudness of a video's sound. */
import { useEffect, useState } from "react";
import { ingest } from "../api/clients";
import type { Waveform } from "./waveform";

const VALUES = 3000;
const TIMEOUT_MS = 120_000;

/** `video` is undefined for one without sound. Undefined until it is there; nothing depends on it. */
export function useWaveform(video: string | undefined): Waveform | undefined {
  const [found, setFound] = useState<{ readonly video: string; readonly waveform: Waveform }>();
  useEffect(() => {
    if (video === undefined) return undefined;
    const abort = new AbortController();
    ingest
      .getWaveform({ name: video, count: VALUES }, { signal: abort.signal, timeoutMs: TIMEOUT_MS })
      .then(
        ({ peaks, stepSeconds }) => {
          if (!abort.signal.aborted && stepSeconds > 0) setFound({ video, waveform: { peaks, stepSeconds } });
        },
        () => undefined,
      );
    return () => abort.abort();
  }, [video]);
  return found?.video === video ? found?.waveform : undefined;
}
