/** The comparisons that the workspace keeps, the one changed last first, page by page. */
import { useCallback, useEffect, useState } from "react";
import { comparisons as calls } from "../api/clients";
import type { Problem } from "../api/errors";
import { Reader } from "../api/reader";
import {
  ListComparisonsRequest_Order as Order,
  type SavedComparison,
} from "../gen/sage/compare/v1/saved_comparison_pb";

export interface SavedComparisonList {
  readonly comparisons: readonly SavedComparison[];
  /** Whether they have been read. */
  readonly known: boolean;
  readonly problem: Problem | undefined;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
  readonly remove: (comparison: SavedComparison) => Promise<void>;
}

interface Loaded {
  readonly comparisons: readonly SavedComparison[];
  readonly next: string;
  readonly known: boolean;
  readonly problem: Problem | undefined;
}

const START: Loaded = { comparisons: [], next: "", known: false, problem: undefined };
const PAGE_SIZE = 20;

/** Reads the list anew whenever `workspace` changes, and when the page is looked at again. */
export function useSavedComparisons(workspace: string): SavedComparisonList {
  const [state, setState] = useState<Loaded>(START);

  const [reader] = useState(() => new Reader({ tell: (problem) => setState((before) => ({ ...before, problem })) }));
  const load = useCallback(
    (pageToken: string): void =>
      reader.start(async (signal, show) => {
        const page = await calls.listComparisons({ order: Order.CHANGED, pageSize: PAGE_SIZE, pageToken }, { signal });
        show(() =>
          setState((before) => ({
            comparisons: pageToken ? [...before.comparisons, ...page.comparisons] : page.comparisons,
            next: page.nextPageToken,
            known: true,
            problem: undefined,
          })),
        );
      }),
    [reader],
  );

  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === "visible") load("");
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      reader.stop();
    };
  }, [reader, load, workspace]);

  return {
    comparisons: state.comparisons,
    known: state.known,
    problem: state.problem,
    hasMore: state.next !== "",
    loadMore: () => load(state.next),
    reload: () => load(""),
    remove: async ({ name, etag }) => {
      await calls.deleteComparison({ name, etag });
      setState((before) => ({
        ...before,
        comparisons: before.comparisons.filter((comparison) => comparison.name !== name),
      }));
      reader.changed();
    },
  };
}
