/** Marks on the edits that are shown: one decision for all parts of an edit. */
import { useMemo, useState } from "react";
import type { Region } from "../domain/model";
import { decide, decisionOf, markOf, type Decision, type Shown } from "./marks";
import { useReadOnly } from "../session/useReadOnly";
import type { Reviewing } from "./useReview";

export interface Marking {
  /** What was decided about all of these regions. */
  readonly of: (regions: readonly Region[]) => Decision;
  /** How many marks hold for none of the differences. */
  readonly unmatched: number;
  readonly decide: (regions: readonly Region[], decision: Decision) => void;
  /** Turns one mark of all of these regions on, or off. */
  readonly toggle: (regions: readonly Region[], what: keyof Decision) => void;
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
  const readOnly = useReadOnly();
  if (!reviewing) return undefined;
  const { review, seed } = reviewing;
  const of: Marking["of"] = (regions) => decisionOf(decided, regions);
  const set: Marking["decide"] = (regions, decision) => {
    if (readOnly) return;
    void review.setMarks(seed, regions.map((region) => markOf(region, decision, frameRates)));
  };
  return {
    of,
    unmatched: decided.unmatched.length,
    decide: set,
    toggle: (regions, what) => {
      const before = of(regions);
      set(regions, { ...before, [what]: !before[what] });
    },
    shown,
    show,
  };
}
