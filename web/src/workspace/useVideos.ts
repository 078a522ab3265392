/** All of the workspace's videos, and how much room there is. */
import { useCallback, useEffect, useState } from "react";
import { ingest } from "../api/clients";
import type { Problem } from "../api/errors";
import { recovering } from "../api/recovery";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";

export interface VideoList {
  readonly videos: readonly Video[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly reload: () => void;
  /** Removes videos one after the other; throws at the first that cannot be. */
  readonly remove: (names: readonly string[], onGone: (name: string) => void) => Promise<void>;
  readonly rename: (video: Video, displayName: string) => Promise<void>;
}

interface Loaded {
  readonly videos: readonly Video[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly usedBytes: number;
  readonly limitBytes: number;
}

const START: Loaded = { videos: [], loading: true, problem: undefined, usedBytes: 0, limitBytes: 0 };
const PAGE_SIZE = 200;

/** Reads the list anew whenever `version` changes: page by page, shown as it comes. */
export function useVideos(version: string): VideoList {
  const [state, setState] = useState<Loaded>(START);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    void load(abort.signal, setState);
    return () => abort.abort();
  }, [version, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  return {
    ...state,
    reload,
    remove: async (names, onGone) => {
      for (const name of names) {
        await ingest.deleteVideo({ name });
        onGone(name);
        setState((before) => ({ ...before, videos: before.videos.filter((video) => video.name !== name) }));
      }
      // What is left of the room, the server knows.
      reload();
    },
    rename: async ({ name, etag }, displayName) => {
      const renamed = await ingest.updateVideo({ video: { name, etag, displayName } });
      setState((before) => ({
        ...before,
        videos: before.videos.map((video) => (video.name === name ? renamed : video)),
      }));
    },
  };
}

async function load(signal: AbortSignal, set: (change: (before: Loaded) => Loaded) => void): Promise<void> {
  const show = (change: Partial<Loaded>): void => {
    if (!signal.aborted) set((before) => ({ ...before, ...change }));
  };
  show({ loading: true });
  const read = async (): Promise<void> => {
    let videos: readonly Video[] = [];
    let pageToken = "";
    do {
      const page = await ingest.listVideos({ pageSize: PAGE_SIZE, pageToken }, { signal });
      const room = pageToken ? {} : { usedBytes: Number(page.usedBytes), limitBytes: Number(page.limitBytes) };
      videos = [...videos, ...page.videos];
      pageToken = page.nextPageToken;
      show({ videos, loading: pageToken !== "", problem: undefined, ...room });
    } while (pageToken);
  };
  await recovering(read, { signal, tell: (problem) => show({ loading: false, problem }) });
}
