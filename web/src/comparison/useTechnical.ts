/** Technical differences of two videos: at first what headers tell, then all. */
import { useEffect, useState } from "react";
import { compare } from "../api/clients";
import type { Problem } from "../api/errors";
import { recovering } from "../api/recovery";
import { TechnicalFactsView } from "../gen/sage/ingest/v1/technical_pb";
import { toTable, type TechnicalTable } from "./technical";

export interface Technical {
  readonly table: TechnicalTable | undefined;
  /** Whether the files are still being read. */
  readonly reading: boolean;
  readonly problem: Problem | undefined;
}

const TIMEOUT_MS = 15 * 60_000;
const VIEWS = [TechnicalFactsView.BASIC, TechnicalFactsView.FULL] as const;
const NOTHING_YET: Technical = { table: undefined, reading: true, problem: undefined };

/** Asks once somebody looks. A problem leaves standing what headers told. */
export function useTechnical(a: string, b: string, wanted: boolean): Technical {
  const pair = `${a} ${b}`;
  const [state, setState] = useState<{ readonly pair: string; readonly found: Technical }>();
  useEffect(() => {
    if (!wanted) return undefined;
    const abort = new AbortController();
    const { signal } = abort;
    let found = NOTHING_YET;
    const show = (change: Partial<Technical>): void => {
      found = { ...found, ...change };
      if (!signal.aborted) setState({ pair, found });
    };
    const load = async (): Promise<void> => {
      for (const view of VIEWS) {
        const answer = await compare.getTechnicalDifferences({ a, b, view }, { signal, timeoutMs: TIMEOUT_MS });
        show({ table: toTable(answer), reading: view !== TechnicalFactsView.FULL, problem: undefined });
      }
    };
    void recovering(load, { signal, tell: (problem) => show({ reading: false, problem }) });
    return () => abort.abort();
  }, [a, b, pair, wanted]);
  return state?.pair === pair ? state.found : NOTHING_YET;
}
