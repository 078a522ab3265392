import { useState } from "react";
import { useSession } from "../session/useSession";
import { Select } from "../ui/Select";
import { chooseEngine } from "./slots";
import { useEngines } from "./useEngines";

/** Which engine analyses the videos; shown where there is a choice. */
export function EngineChoice() {
  const session = useSession();
  const version = session.status === "signed-in" ? `${session.identity.workspace} ${session.identity.hasApiKey}` : "";
  const engines = useEngines(version);
  const [engine, setEngine] = useState("");
  if (engines.length < 2) return null;
  return (
    <div className="w-56">
      <Select
        label="Engine"
        value={engine}
        onChange={(next) => {
          setEngine(next);
          chooseEngine(next);
        }}
        choices={[
          { value: "", label: "Best available engine" },
          ...engines.map((candidate) => ({
            value: candidate.name,
            label: candidate.displayName,
            hint: candidate.available ? undefined : candidate.unavailableReason,
            disabled: !candidate.available,
          })),
        ]}
      />
    </div>
  );
}
