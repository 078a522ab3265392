import { useState, type SubmitEvent } from "react";
import { apiTokens } from "../api/clients";
import { toProblem, type Problem } from "../api/errors";
import type { ApiToken } from "../gen/sage/embed/v1/api_token_pb";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Select } from "../ui/Select";
import { TextField } from "../ui/TextField";
import { LIFETIMES, SCOPES, scopeOf, secondsOf, type Lifetime, type TokenScope } from "./tokens";

interface NewTokenProps {
  readonly onMade: (token: ApiToken) => void;
  readonly onProblem: (problem: Problem | undefined) => void;
}

/** Asks what a token is for and for how long, and makes it. */
export function NewToken({ onMade, onProblem }: NewTokenProps) {
  const t = useTexts().session.tokens;
  const [name, setName] = useState("");
  const [scope, setScope] = useState<TokenScope>("read");
  const [days, setDays] = useState<Lifetime>("365");
  const [busy, setBusy] = useState(false);

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    onProblem(undefined);
    try {
      const ttl = { seconds: secondsOf(days), nanos: 0 };
      onMade(await apiTokens.createApiToken({ displayName: name.trim(), scope: scopeOf(scope), ttl }));
      setName("");
    } catch (error) {
      onProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={submit} className="space-y-2">
      <div>
        <TextField look="form" labelled label={t.user} value={name} onChange={setName} required maxLength={100} autoComplete="off" />
      </div>
      <div className="flex gap-2">
        <Select
          label={t.scope}
          value={scope}
          choices={SCOPES.map((value) => ({ value, label: t.scopes[value] }))}
          onChange={setScope}
        />
        <Select
          label={t.lifetime}
          value={days}
          choices={LIFETIMES.map((value) => ({ value, label: t.lifetimes[value] }))}
          onChange={setDays}
        />
        <Button look="primary" type="submit" disabled={busy || name.trim() === ""}>
          {busy ? t.creating : t.create}
        </Button>
      </div>
    </form>
  );
}
