/** Marks on the edits that are shown: one decision for all parts of an edit. */
import { useMemo, useState } from "react";
import type { Region } from "../comparison/model";
import { decide, decisionOf, markOf, type Decision, type Shown } from "./marks";
import type { Reviewing } from "./useReview";

export interface Marking {
  /** What was decided about all of these regions. */
  readonly of: (regions: readonly Region[]) => Decision;
  /** How many marks hold for none of the differences. */
  readonly unmatched: number;
  readonly decide: (regions: readonly Region[], decision: Decision) => void;
  readonly shown: Shown;
  readonly show: (shown: Shown) => void;
}

/** Undefined as long as nothing can be marked. */
export function useMarking(
  reviewing: Reviewing | undefined,
  differences: readonly Region[],
  frameRates: readonly number[],
): Marking | undefined {
  const [shown, show] = useState<Shown>("all");
  const marks = reviewing?.saved?.marks;
  const pending = reviewing?.pending;
  const decided = useMemo(
    () => decide([...(marks ?? []), ...(pending ?? [])], differences),
    [marks, pending, differences],
  );
  if (!reviewing) return undefined;
  const { review, seed } = reviewing;
  return {
    of: (regions) => decisionOf(decided, regions),
    unmatched: decided.unmatched.length,
    decide: (regions, decision) =>
      void review.setMarks(seed, regions.map((region) => markOf(region, decision, frameRates))),
    shown,
    show,
  };
}
