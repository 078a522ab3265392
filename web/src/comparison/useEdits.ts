/** The edits of a comparison at a threshold, as they are listed, and the one that is selected. */
import { useMemo, useState } from "react";
import { spanOf, type MasterTimeline } from "../domain/masterTimeline";
import { groupEdits, type Edit } from "../domain/edits";
import type { Findings } from "../domain/findings";
import { useSideTimecode } from "../media/useSourceStarts";
import { useTexts } from "../texts/useTexts";
import { NO_FILTER, passes, type EditFilter } from "../domain/filters";

export interface PlacedEdit {
  readonly edit: Edit;
  readonly stretch: { readonly start: number; readonly end: number };
}

export interface Edits {
  readonly all: readonly Edit[];
  /** All of them, where they lie on the master timeline. */
  readonly placed: readonly PlacedEdit[];
  /** Those that the filter lets through. */
  readonly listed: readonly PlacedEdit[];
  readonly filter: EditFilter;
  readonly setFilter: (filter: EditFilter) => void;
  /** Undefined also while the threshold hides it. */
  readonly selected: Edit | undefined;
  readonly select: (edit: Edit) => void;
}

export function useEdits(
  findings: Findings,
  master: MasterTimeline,
  frameRateA: number,
  frameRateB: number,
): Edits {
  const [filter, setFilter] = useState(NO_FILTER);
  const [selectedKey, setSelectedKey] = useState<string>();
  const all = useMemo(
    () => groupEdits(findings.differences, [frameRateA, frameRateB]),
    [findings, frameRateA, frameRateB],
  );
  const placed = useMemo(() => all.map((edit) => ({ edit, stretch: spanOf(master, edit.lead) })), [all, master]);
  const timecodeA = useSideTimecode("a", frameRateA);
  const timecodeB = useSideTimecode("b", frameRateB);
  const words = useTexts().domain;
  const listed = useMemo(
    () => placed.filter(({ edit }) => passes(filter, edit, { words, a: timecodeA, b: timecodeB })),
    [placed, filter, words, timecodeA, timecodeB],
  );
  return {
    all,
    placed,
    listed,
    filter,
    setFilter,
    selected: all.find(({ key }) => key === selectedKey),
    select: (edit) => setSelectedKey(edit.key),
  };
}
