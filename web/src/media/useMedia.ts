/** The two videos of a comparison: what is known of them, and where they play. */
import { useCallback, useEffect, useState } from "react";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { backoffMs, delay } from "../api/backoff";
import { embed, ingest } from "../api/clients";
import { toProblem, type Problem } from "../api/errors";
import { recovering } from "../api/recovery";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { PlaybackSource, Proxy_State, type Proxy } from "../gen/sage/ingest/v1/proxy_pb";
import { choosePlayback, saysItPlays, type Notice, type Refused, type Source } from "./playback";

export interface Media {
  readonly video: Video | undefined;
  readonly url: string | undefined;
  readonly notice: Notice | undefined;
  readonly problem: Problem | undefined;
  /** Gets another URL: the present one does not work any more. */
  readonly renew: () => void;
  /** The browser shows no picture of what the present URL gives. */
  readonly refuse: () => void;
  /** Has the copy made that could not be made before. */
  readonly makeCopy: () => void;
}

interface State {
  readonly name: string;
  readonly video?: Video;
  readonly source?: Source;
  readonly url?: string;
  readonly notice?: Notice | undefined;
  readonly problem?: Problem;
}

/** A URL is renewed when it has less than this to live. */
const RENEW_BEFORE_MS = 60_000;
/** A longer timer overflows and fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const POLLING = { firstMs: 700, maxMs: 5000 };
const SOURCES: Record<Source, PlaybackSource> = {
  original: PlaybackSource.ORIGINAL,
  proxy: PlaybackSource.PROXY,
};
const NONE: Refused = new Set();
const NOTHING: Partial<State> = {};
const FORBIDDEN = 403;

/** `name` is a video or an embedding, whose video it is then. */
export function useMedia(name: string): Media {
  const [state, setState] = useState<State>({ name });
  const [round, setRound] = useState(0);
  const [refusal, setRefusal] = useState<{ readonly name: string; readonly of: Refused }>({ name, of: NONE });
  const refused = refusal.name === name ? refusal.of : NONE;

  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const { signal } = abort;
    const load = async (): Promise<void> => {
      const video = await videoOf(name, signal);
      const plays = saysItPlays(video.videoCodec, document.createElement("video"));
      setState((before) => (before.name === name ? { ...before, video, problem: undefined } : { name, video }));
      let given: Source | undefined;
      for (let attempt = 1; ; attempt += 1) {
        const proxy = await proxyOf(video.name, refused, signal);
        const { source, notice, changes } = choosePlayback(proxy, refused, plays);
        if (source === undefined) setState({ name, video, notice });
        else if (source === given) setState((before) => ({ ...before, notice }));
        else {
          const playback = await ingest.getPlaybackUrl({ name: video.name, source: SOURCES[source] }, { signal });
          setState({ name, video, source, url: playback.url, notice });
          given = source;
          clearTimeout(timer);
          if (playback.expireTime) {
            const wait = timestampMs(playback.expireTime) - Date.now() - RENEW_BEFORE_MS;
            timer = setTimeout(() => setRound((value) => value + 1), Math.min(Math.max(wait, 10_000), MAX_TIMER_MS));
          }
        }
        if (!changes) return;
        await delay(backoffMs(attempt, POLLING, Math.random()), signal);
      }
    };
    void recovering(load, { signal, tell: (problem) => setState((before) => ({ ...before, name, problem })) });
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [name, round, refused]);

  const renew = useCallback(() => setRound((value) => value + 1), []);
  const { source, url } = state.name === name ? state : NOTHING;
  const refuse = useCallback(() => {
    if (!source || !url) return;
    void hasExpired(url).then((expired) => {
      if (expired) renew();
      else setRefusal((before) => ({ name, of: new Set(before.name === name ? [...before.of, source] : [source]) }));
    });
  }, [name, source, url, renew]);
  const current = state.name === name ? state : undefined;
  const videoName = current?.video?.name;
  const makeCopy = useCallback(() => {
    if (!videoName) return;
    ingest.createProxy({ video: videoName }).then(renew, (error: unknown) => {
      setState((before) => ({ ...before, problem: toProblem(error) }));
    });
  }, [videoName, renew]);
  return {
    video: current?.video,
    url: current?.url,
    notice: current?.notice,
    problem: current?.problem,
    renew,
    refuse,
    makeCopy,
  };
}

async function videoOf(name: string, signal: AbortSignal): Promise<Video> {
  const video = name.startsWith("embeddings/") ? (await embed.getEmbedding({ name }, { signal })).video : name;
  return ingest.getVideo({ name: video }, { signal });
}

/** Whether a URL is to blame for what a player reports as a file that it does not know. */
async function hasExpired(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { headers: { range: "bytes=0-0" } })).status === FORBIDDEN;
  } catch {
    return false; // a store elsewhere that only players may read
  }
}

/** The video's copy; it is asked for when the browser has turned out to need one. */
async function proxyOf(video: string, refused: Refused, signal: AbortSignal): Promise<Proxy> {
  const proxy = await ingest.getProxy({ name: `${video}/proxy` }, { signal });
  if (proxy.state !== Proxy_State.NOT_NEEDED || !refused.has("original")) return proxy;
  return ingest.createProxy({ video }, { signal });
}
