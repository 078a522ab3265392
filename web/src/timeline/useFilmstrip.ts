/** The thumbnails of a video as one picture. */
import { useEffect, useState } from "react";
import { ingest } from "../api/clients";
import { stripKey, type StripRequest } from "./windows";
import { PreviewCache } from "./previewCache";

export interface Filmstrip {
  readonly url: string;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly times: readonly number[];
}

interface Asked {
  readonly name: string;
  readonly count?: number;
  readonly times?: readonly number[];
}

/** How many pictures stand for a whole video. */
export const STRIP_PICTURES = 120;
const HEIGHT = 54;
const TIMEOUT_MS = 120_000;

async function fetchStrip({ name, count = 0, times = [] }: Asked, signal: AbortSignal): Promise<Filmstrip> {
  const asked = { name, count, times: [...times], tileHeight: HEIGHT };
  const answer = await ingest.getFilmstrip(asked, { signal, timeoutMs: TIMEOUT_MS });
  const { jpeg, tileWidth, tileHeight } = answer;
  const url = URL.createObjectURL(new Blob([new Uint8Array(jpeg)], { type: "image/jpeg" }));
  return { url, tileWidth, tileHeight, times: answer.times };
}

function giveBack({ url }: Filmstrip): void {
  URL.revokeObjectURL(url);
}

/** Undefined until it is there; a timeline without thumbnails still works. */
export function useFilmstrip(video: string | undefined, count = STRIP_PICTURES): Filmstrip | undefined {
  const [strip, setStrip] = useState<{ readonly video: string; readonly strip: Filmstrip }>();
  useEffect(() => {
    if (video === undefined) return;
    const abort = new AbortController();
    let own: Filmstrip | undefined;
    fetchStrip({ name: video, count }, abort.signal).then(
      (found) => {
        own = found;
        if (abort.signal.aborted) giveBack(found);
        else setStrip({ video, strip: found });
      },
      () => undefined,
    );
    return () => {
      abort.abort();
      if (own) giveBack(own);
    };
  }, [video, count]);
  return strip?.video === video ? strip?.strip : undefined;
}

/** Strips of any times, for as long as the component is there. */
export function useStripCache(): PreviewCache<StripRequest, Filmstrip> {
  const [cache] = useState(
    () =>
      new PreviewCache<StripRequest, Filmstrip>(
        stripKey,
        ({ video, times }, signal) => fetchStrip({ name: video, times }, signal),
        giveBack,
      ),
  );
  useEffect(() => () => cache.dispose(), [cache]);
  return cache;
}
