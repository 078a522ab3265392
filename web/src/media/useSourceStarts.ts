/** Where the time codes of both files start: what the files say, or what somebody says instead. */
import { createContext, useContext, useEffect, useMemo, useState } from "react";
import { ingest } from "../api/clients";
import { parseStart, sourceTimecode } from "../time/sourceTimecode";
import { timecode } from "../time/timecode";
import { NO_STARTS, type Starts } from "../domain/link";
import type { Media } from "./useMedia";

/** What the two files say. */
export function useFileStarts(media: { readonly a: Media; readonly b: Media }): Starts {
  const a = useFileStart(media.a.video?.name);
  const b = useFileStart(media.b.video?.name);
  return useMemo(() => ({ a, b }), [a, b]);
}

function useFileStart(video: string | undefined): string {
  const [found, setFound] = useState<{ readonly video: string; readonly start: string }>();
  useEffect(() => {
    if (video === undefined) return undefined;
    const abort = new AbortController();
    ingest.getTechnicalFacts({ name: video }, { signal: abort.signal }).then(
      ({ startTimecode }) => {
        if (!abort.signal.aborted) setFound({ video, start: startTimecode });
      },
      // Without it, time codes start at zero.
      () => undefined,
    );
    return () => abort.abort();
  }, [video]);
  return found?.video === video ? (found?.start ?? "") : "";
}

/** The starts that hold in a part of the page. */
export const StartsContext = createContext<Starts>(NO_STARTS);

export type SideTimecode = (seconds: number) => string;

/** How times of one version are told. */
export function useSideTimecode(side: "a" | "b", frameRate: number): SideTimecode {
  const text = useContext(StartsContext)[side];
  return useMemo(() => {
    const start = parseStart(text, frameRate);
    return (seconds) => (start ? sourceTimecode(seconds, frameRate, start) : timecode(seconds, frameRate));
  }, [text, frameRate]);
}
