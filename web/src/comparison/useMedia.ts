/** The two videos of a comparison: what is known of them, and where they play. */
import { useCallback, useEffect, useState } from "react";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { embed, ingest } from "../api/clients";
import { isCancelled, toProblem, type Problem } from "../api/errors";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";

export interface Media {
  readonly video: Video | undefined;
  readonly url: string | undefined;
  readonly problem: Problem | undefined;
  /** Gets another URL: the present one does not work any more. */
  readonly renew: () => void;
}

/** A URL is renewed when it has less than this to live. */
const RENEW_BEFORE_MS = 60_000;
/** A longer timer overflows and fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** `name` is a video or an embedding, whose video it is then. */
export function useMedia(name: string): Media {
  const [state, setState] = useState<{
    readonly name: string;
    readonly video?: Video;
    readonly url?: string;
    readonly problem?: Problem;
  }>({ name });
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { signal } = abort;
    const load = async (): Promise<void> => {
      try {
        const videoName = name.startsWith("embeddings/") ? (await embed.getEmbedding({ name }, { signal })).video : name;
        const video = await ingest.getVideo({ name: videoName }, { signal });
        setState({ name, video });
        const playback = await ingest.getPlaybackUrl({ name: videoName }, { signal });
        setState({ name, video, url: playback.url });
        if (playback.expireTime) {
          const wait = timestampMs(playback.expireTime) - Date.now() - RENEW_BEFORE_MS;
          timer = setTimeout(() => setRound((value) => value + 1), Math.min(Math.max(wait, 10_000), MAX_TIMER_MS));
        }
      } catch (error) {
        if (!isCancelled(error)) setState((before) => ({ ...before, name, problem: toProblem(error) }));
      }
    };
    void load();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [name, round]);

  const renew = useCallback(() => setRound((value) => value + 1), []);
  const current = state.name === name ? state : undefined;
  return { video: current?.video, url: current?.url, problem: current?.problem, renew };
}
