/** The workspace's videos, newest first, page by page. */
import { useCallback, useEffect, useState } from "react";
import { ingest } from "../api/clients";
import { toProblem, type Problem } from "../api/errors";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";

export interface VideoList {
  readonly videos: readonly Video[];
  readonly loading: boolean;
  readonly problem: Problem | undefined;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
  readonly remove: (name: string) => Promise<void>;
}

interface Loaded {
  readonly videos: readonly Video[];
  readonly next: string;
  readonly loading: boolean;
  readonly problem: Problem | undefined;
}

const START: Loaded = { videos: [], next: "", loading: true, problem: undefined };

/** Reads the list anew whenever `version` changes. */
export function useVideos(version: string): VideoList {
  const [state, setState] = useState<Loaded>(START);

  const load = useCallback(async (pageToken: string) => {
    setState((before) => ({ ...before, loading: true, problem: undefined }));
    try {
      const page = await ingest.listVideos({ pageSize: 50, pageToken });
      setState((before) => ({
        videos: pageToken ? [...before.videos, ...page.videos] : page.videos,
        next: page.nextPageToken,
        loading: false,
        problem: undefined,
      }));
    } catch (error) {
      setState((before) => ({ ...before, loading: false, problem: toProblem(error) }));
    }
  }, []);

  useEffect(() => {
    void load("");
  }, [load, version]);

  return {
    videos: state.videos,
    loading: state.loading,
    problem: state.problem,
    hasMore: state.next !== "",
    loadMore: () => void load(state.next),
    reload: () => void load(""),
    remove: async (name) => {
      await ingest.deleteVideo({ name });
      setState((before) => ({ ...before, videos: before.videos.filter((video) => video.name !== name) }));
    },
  };
}
