/** A comparison, as it arrives. */
import { useEffect, useMemo, useState } from "react";
import { compare } from "../api/clients";
import type { Problem } from "../api/errors";
import { recovering } from "../api/recovery";
import { ComparisonCollector } from "../domain/fromProto";
import type { ComparisonRequest } from "../domain/link";
import type { Comparison } from "../domain/model";
import { toOptions } from "../domain/options";

export type ComparisonState =
  | { readonly status: "loading"; readonly comparison: Comparison | undefined }
  | { readonly status: "ready"; readonly comparison: Comparison }
  | { readonly status: "failed"; readonly problem: Problem };

interface Found {
  readonly run: object;
  readonly state: ComparisonState;
  readonly previous: Comparison | undefined;
}

/** How often what has arrived so far is shown. */
const SHOW_EVERY_MS = 150;
/** Long videos take their time; the answer streams meanwhile. */
const TIMEOUT_MS = 10 * 60_000;

/** Runs the comparison anew whenever an option of the request, or `attempt`, changes; for two videos. */
export function useComparison(request: ComparisonRequest, attempt: number): ComparisonState {
  const { a, b, alignment, offset, metric, modality, engine } = request;
  // One object for as long as nothing changes: it also tells whose answer has arrived.
  const run = useMemo(
    () => ({ attempt, request: { a, b, alignment, offset, metric, modality, engine } }),
    [attempt, a, b, alignment, offset, metric, modality, engine],
  );
  const [found, setFound] = useState<Found>();

  useEffect(() => {
    const abort = new AbortController();
    const show = (state: ComparisonState): void => {
      if (!abort.signal.aborted) setFound((before) => ({ run, state, previous: completed(before) }));
    };
    const { signal } = abort;
    void recovering(() => collect(run.request, signal, show), {
      signal,
      tell: (problem) => show({ status: "failed", problem }),
    });
    return () => abort.abort();
  }, [run]);

  const current = found?.run === run ? found.state : undefined;
  if (current && current.status !== "loading") return current;
  // With other options, what was there stays until the new answer is whole.
  const previous = found?.run === run ? found.previous : completed(found);
  return { status: "loading", comparison: previous ?? current?.comparison };
}

/** The last comparison that is whole. */
function completed(found: Found | undefined): Comparison | undefined {
  return found?.state.status === "ready" ? found.state.comparison : found?.previous;
}

async function collect(
  request: ComparisonRequest,
  signal: AbortSignal,
  show: (state: ComparisonState) => void,
): Promise<void> {
  const collector = new ComparisonCollector();
  let shownAt = performance.now();
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
}
