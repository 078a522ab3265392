/** The engines that can work for this workspace. */
import { useEffect, useState } from "react";
import { embed } from "../api/clients";
import type { Engine } from "../gen/sage/embed/v1/embed_pb";

/** Reads them anew whenever `version` changes. Empty until they are known. */
export function useEngines(version: string): readonly Engine[] {
  const [engines, setEngines] = useState<readonly Engine[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    embed.listEngines({}, { signal: abort.signal }).then(
      (answer) => setEngines(answer.engines),
      // Without the list there is nothing to choose; the server's own choice still works.
      () => setEngines([]),
    );
    return () => abort.abort();
  }, [version]);
  return engines;
}
