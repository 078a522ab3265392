/** Marks on the differences that are shown. */
import { useMemo, useState } from "react";
import type { Region } from "../comparison/model";
import { decide, markOf, type Decided, type Decision, type Shown } from "./marks";
import type { Reviewing } from "./useReview";

export interface Marking {
  readonly decided: Decided;
  readonly decide: (region: Region, decision: Decision) => void;
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
    decided,
    decide: (region, decision) => void review.setMarks(seed, [markOf(region, decision, frameRates)]),
    shown,
    show,
  };
}
