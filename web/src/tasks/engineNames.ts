import type { Engine } from "../gen/sage/embed/v1/embed_pb";
import { texts } from "../texts";

/** What an engine is called: in the page's language where its name is words, else as it calls itself. */
export function engineName({ name, displayName }: Pick<Engine, "name" | "displayName">): string {
  const known: Readonly<Record<string, string>> = texts().app.engines;
  return known[name] ?? displayName;
}
