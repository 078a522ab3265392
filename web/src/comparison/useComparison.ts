/** A comparison, as it arrives. */
import { useEffect, useMemo, useState } from "react";
import { compare } from "../api/clients";
import { isCancelled, toProblem, type Problem } from "../api/errors";
import { ComparisonCollector } from "./fromProto";
import type { ComparisonRequest } from "./link";
import type { Comparison } from "./model";
import { toOptions } from "./options";

export type ComparisonState =
  | { readonly status: "loading"; readonly comparison: Comparison | undefined }
  | { readonly status: "ready"; readonly comparison: Comparison }
  | { readonly status: "failed"; readonly problem: Problem };

/** How often what has arrived so far is shown. */
const SHOW_EVERY_MS = 150;
/** Long videos take their time; the answer streams meanwhile. */
const TIMEOUT_MS = 10 * 60_000;

/** Runs the comparison anew whenever a field of the request, or `attempt`, changes. */
export function useComparison(request: ComparisonRequest, attempt: number): ComparisonState {
  const { a, b, alignment, offset, metric, modality, engine } = request;
  // One object for as long as nothing changes: it also tells whose answer has arrived.
  const run = useMemo(
    () => ({ attempt, request: { a, b, alignment, offset, metric, modality, engine } }),
    [attempt, a, b, alignment, offset, metric, modality, engine],
  );
  const [found, setFound] = useState<{ readonly run: object; readonly state: ComparisonState }>();

  useEffect(() => {
    const abort = new AbortController();
    const show = (state: ComparisonState): void => {
      if (!abort.signal.aborted) setFound({ run, state });
    };
    void collect(run.request, abort.signal, show);
    return () => abort.abort();
  }, [run]);

  return found?.run === run ? found.state : { status: "loading", comparison: undefined };
}

async function collect(
  request: ComparisonRequest,
  signal: AbortSignal,
  show: (state: ComparisonState) => void,
): Promise<void> {
  const collector = new ComparisonCollector();
  let shownAt = performance.now();
  try {
    const stream = compare.compareVideos(
      { a: request.a, b: request.b, options: toOptions(request) },
      { signal, timeoutMs: TIMEOUT_MS },
    );
    for await (const message of stream) {
      collector.add(message);
      if (performance.now() - shownAt > SHOW_EVERY_MS) {
        show({ status: "loading", comparison: collector.comparison() });
        shownAt = performance.now();
      }
    }
    const comparison = collector.comparison();
    if (comparison) show({ status: "ready", comparison });
  } catch (error) {
    if (!isCancelled(error)) show({ status: "failed", problem: toProblem(error) });
  }
}
