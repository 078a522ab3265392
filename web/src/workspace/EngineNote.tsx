import { useSession } from "../session/useSession";
import { engineSentence } from "./engines";
import { useEngines } from "../tasks/useEngines";

/** Says what analyses the videos, and what a key would add. */
export function EngineNote() {
  const session = useSession();
  const version = session.status === "signed-in" ? `${session.identity.workspace} ${session.identity.hasApiKey}` : "";
  const sentence = engineSentence(useEngines(version));
  // There is room for it before it is known: nothing moves when it comes.
  return <p className="mt-1 min-h-[2lh] text-xs text-faint">{sentence}</p>;
}
