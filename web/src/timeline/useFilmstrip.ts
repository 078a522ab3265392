/** The thumbnails of a video as one picture. */
import { useEffect, useState } from "react";
import { ingest } from "../api/clients";

export interface Filmstrip {
  readonly url: string;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly times: readonly number[];
}

const PICTURES = 120;
const HEIGHT = 54;
const TIMEOUT_MS = 120_000;

/** Undefined until it is there; a timeline without thumbnails still works. */
export function useFilmstrip(video: string | undefined, count = PICTURES): Filmstrip | undefined {
  const [strip, setStrip] = useState<{ readonly video: string; readonly strip: Filmstrip }>();
  useEffect(() => {
    if (video === undefined) return;
    const abort = new AbortController();
    let url: string | undefined;
    ingest
      .getFilmstrip(
        { name: video, count, tileHeight: HEIGHT },
        { signal: abort.signal, timeoutMs: TIMEOUT_MS },
      )
      .then(
        ({ jpeg, tileWidth, tileHeight, times }) => {
          if (abort.signal.aborted) return;
          url = URL.createObjectURL(new Blob([new Uint8Array(jpeg)], { type: "image/jpeg" }));
          setStrip({ video, strip: { url, tileWidth, tileHeight, times } });
        },
        () => undefined,
      );
    return () => {
      abort.abort();
      if (url) URL.revokeObjectURL(url);
    };
  }, [video, count]);
  return strip?.video === video ? strip?.strip : undefined;
}
