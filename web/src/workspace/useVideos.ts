/** All of the workspace's videos, and how much room there is. */
import { useCallback, useEffect, useState } from "react";
import { ingest } from "../api/clients";
import type { Problem } from "../api/errors";
import { Reader, type Read } from "../api/reader";
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
  const change = useCallback((to: (before: Loaded) => Partial<Loaded>): void => {
    setState((before) => ({ ...before, ...to(before) }));
  }, []);
  const [reader] = useState(() => new Reader({ tell: (problem) => change(() => ({ loading: false, problem })) }));

  const reload = useCallback((): void => {
    reader.start(reading((loaded) => change(() => loaded)));
  }, [reader, change]);
  useEffect(() => {
    reload();
    return reader.stop;
  }, [reader, reload, version]);

  return {
    ...state,
    reload,
    remove: async (names, onGone) => {
      for (const name of names) {
        await ingest.deleteVideo({ name });
        onGone(name);
        change(({ videos }) => ({ videos: videos.filter((video) => video.name !== name) }));
        reader.changed();
      }
      // What is left of the room, the server knows.
      reload();
    },
    rename: async ({ name, etag }, displayName) => {
      const renamed = await ingest.updateVideo({ video: { name, etag, displayName } });
      change(({ videos }) => ({ videos: videos.map((video) => (video.name === name ? renamed : video)) }));
      reader.changed();
    },
  };
}

/** Reads all pages, and shows after each what is known by then. */
function reading(take: (loaded: Partial<Loaded>) => void): Read {
  return async (signal, show) => {
    show(() => take({ loading: true }));
    let videos: readonly Video[] = [];
    let pageToken = "";
    do {
      const page = await ingest.listVideos({ pageSize: PAGE_SIZE, pageToken }, { signal });
      const room = pageToken ? {} : { usedBytes: Number(page.usedBytes), limitBytes: Number(page.limitBytes) };
      videos = [...videos, ...page.videos];
      pageToken = page.nextPageToken;
      show(() => take({ videos, loading: pageToken !== "", problem: undefined, ...room }));
    } while (pageToken);
  };
}
