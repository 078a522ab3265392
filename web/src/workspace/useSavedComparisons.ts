/** The comparisons that the workspace keeps, the one changed last first, page by page. */
import { useCallback, useEffect, useState } from "react";
import { comparisons as calls } from "../api/clients";
import { toProblem, type Problem } from "../api/errors";
import {
  ListComparisonsRequest_Order as Order,
  type SavedComparison,
} from "../gen/sage/compare/v1/saved_comparison_pb";

export interface SavedComparisonList {
  readonly comparisons: readonly SavedComparison[];
  readonly problem: Problem | undefined;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
  readonly remove: (comparison: SavedComparison) => Promise<void>;
}

interface Loaded {
  readonly comparisons: readonly SavedComparison[];
  readonly next: string;
  readonly problem: Problem | undefined;
}

const START: Loaded = { comparisons: [], next: "", problem: undefined };
const PAGE_SIZE = 20;

/** Reads the list anew whenever `workspace` changes, and when the page is looked at again. */
export function useSavedComparisons(workspace: string): SavedComparisonList {
  const [state, setState] = useState<Loaded>(START);

  const load = useCallback(async (pageToken: string) => {
    try {
      const page = await calls.listComparisons({ order: Order.CHANGED, pageSize: PAGE_SIZE, pageToken });
      setState((before) => ({
        comparisons: pageToken ? [...before.comparisons, ...page.comparisons] : page.comparisons,
        next: page.nextPageToken,
        problem: undefined,
      }));
    } catch (error) {
      setState((before) => ({ ...before, problem: toProblem(error) }));
    }
  }, []);

  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState === "visible") void load("");
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [load, workspace]);

  return {
    comparisons: state.comparisons,
    problem: state.problem,
    hasMore: state.next !== "",
    loadMore: () => void load(state.next),
    reload: () => void load(""),
    remove: async ({ name, etag }) => {
      await calls.deleteComparison({ name, etag });
      setState((before) => ({
        ...before,
        comparisons: before.comparisons.filter((comparison) => comparison.name !== name),
      }));
    },
  };
}
