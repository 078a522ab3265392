import { useState, type SubmitEvent } from "react";
import { toProblem, type Problem } from "../api/errors";
import { session } from "../api/transport";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { TextField } from "../ui/TextField";
import { useSession } from "./useSession";

interface SignInDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Signs in with a TwelveLabs API key: when asked for, or when nothing else lets the person in. */
export function SignInDialog({ open, onClose }: SignInDialogProps) {
  const { session: { dialog: t, signIn }, ui } = useTexts();
  const state = useSession();
  const [key, setKey] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const locked = state.status === "signed-out";
  const offline = locked && state.problem.retryable;

  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await session.signIn(key.trim());
      setKey("");
      onClose();
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      open={open || locked}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
      dismissable={!locked}
      title={offline ? t.offline : t.title}
      description={offline ? t.offlineDescription : t.description}
    >
      {locked && !problem && <ProblemNote problem={state.problem} />}
      {offline ? (
        <div className="mt-4 flex justify-end">
          <Button look="primary" onClick={() => void session.signOut().catch(() => undefined)}>
            {ui.tryAgain}
          </Button>
        </div>
      ) : (
        <form onSubmit={submit} className="mt-3 space-y-3">
          <div>
            <TextField
              look="form"
              labelled
              monospaced
              label={t.key}
              value={key}
              onChange={setKey}
              type="password"
              autoComplete="off"
              spellCheck={false}
              required
              maxLength={256}
            />
          </div>
          {problem && <ProblemNote problem={problem} />}
          <div className="flex justify-end gap-2">
            {locked && state.ended && (
              <Button onClick={() => void session.signOut().catch(() => undefined)}>{t.withoutKey}</Button>
            )}
            <Button look="primary" type="submit" disabled={busy || key.trim() === ""}>
              {busy ? t.checking : signIn}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
