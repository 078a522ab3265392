import { useState } from "react";
import { useSession } from "../session/useSession";
import { Select } from "../ui/Select";
import { chooseEngine } from "./slots";
import { engineName } from "../tasks/engineNames";
import { useEngines } from "../tasks/useEngines";
import { useTexts } from "../texts/useTexts";

/** Which engine analyses the videos; shown where there is a choice. */
export function EngineChoice() {
  const t = useTexts().workspace.engines;
  const session = useSession();
  const version = session.status === "signed-in" ? `${session.identity.workspace} ${session.identity.hasApiKey}` : "";
  const engines = useEngines(version);
  const [engine, setEngine] = useState("");
  // The room stays empty where there is no choice: nothing moves when it turns out that there is one.
  if (engines.length < 2) return <div className="h-7 w-56 max-md:hidden" />;
  return (
    <div className="h-7 w-56">
      <Select
        label={t.name}
        value={engine}
        onChange={(next) => {
          setEngine(next);
          chooseEngine(next);
        }}
        choices={[
          { value: "", label: t.best },
          ...engines.map((candidate) => ({
            value: candidate.name,
            label: engineName(candidate),
            hint: candidate.available ? undefined : candidate.unavailableReason,
            disabled: !candidate.available,
          })),
        ]}
      />
    </div>
  );
}
