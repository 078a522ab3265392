/** Has the page print the report of what it shows, whichever way printing is asked for. */
import { useCallback, useEffect, useRef } from "react";
import { layOut, putAway } from "./printing";

/** After this long without change the report is laid out, so that the browser's own menu prints it. */
const SETTLED_MS = 2000;

/**
 * `fetchReport` answers with the report as HTML; undefined as long as there is none. `print` lays the
 * present report out and opens the browser's dialog.
 */
export function usePrinting(
  fetchReport: (() => Promise<string>) | undefined,
  onProblem: (error: unknown) => void,
): () => Promise<void> {
  const latest = useRef({ fetchReport, onProblem });
  useEffect(() => {
    latest.current = { fetchReport, onProblem };
  });
  const print = useCallback(async (): Promise<void> => {
    try {
      const report = await latest.current.fetchReport?.();
      if (report === undefined) return;
      layOut(report);
      window.print();
    } catch (error) {
      latest.current.onProblem(error);
    }
  }, []);

  const ready = fetchReport !== undefined;
  useEffect(() => {
    if (!ready) return undefined;
    const refresh = (): void => {
      // Who does not print need not hear that it would not go.
      latest.current.fetchReport?.().then(layOut, () => undefined);
    };
    const press = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      void print();
    };
    const timer = setTimeout(refresh, SETTLED_MS);
    window.addEventListener("keydown", press);
    // On its way to the browser's menu.
    document.documentElement.addEventListener("mouseleave", refresh);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("keydown", press);
      document.documentElement.removeEventListener("mouseleave", refresh);
      putAway();
    };
  }, [ready, print]);
  return print;
}
