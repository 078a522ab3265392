/** What is told of the engines of a server. */
import type { Engine } from "../gen/sage/embed/v1/embed_pb";
import { engineName } from "../tasks/engineNames";
import { texts } from "../texts";

/** Which one works for this workspace, and which ones a key would add; empty while none is known. */
export function engineSentence(engines: readonly Engine[]): string {
  const t = texts().workspace.engines;
  // They come best first.
  const best = engines.find(({ available }) => available);
  if (!best) return engines.length > 0 ? t.none : "";
  const now = best.needsApiKey ? t.analysedBy(engineName(best)) : t.analysedHere(engineName(best));
  const more = engines.filter(({ available, needsApiKey }) => !available && needsApiKey);
  return more.length > 0 ? `${now} ${t.keyAdds(more.map(engineName))}` : now;
}
