import { useState, type SubmitEvent } from "react";
import { linkOf } from "../api/sharedLink";
import type { ShareLink } from "../gen/sage/compare/v1/saved_comparison_pb";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { Select } from "../ui/Select";
import { TextField } from "../ui/TextField";
import { LIFETIMES, timeLeft, USUAL_DAYS, type Lifetime } from "./shareLinks";
import { useShareLinks } from "./useShareLinks";

interface ShareDialogProps {
  readonly comparison: string;
  readonly onClose: () => void;
}

/** Links by which people without a session see one comparison and change nothing. */
export function ShareDialog({ comparison, onClose }: ShareDialogProps) {
  const t = useTexts().review.sharing;
  const { links, problem, create, revoke } = useShareLinks(comparison);
  const [made, setMade] = useState<ShareLink>();
  const [now] = useState(() => Date.now());
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.title}
      description={t.description}
    >
      <NewLink onCreate={async (name, days) => setMade(await create(name, days))} />
      {made && <MadeLink url={linkOf(window.location.origin, made.token)} />}
      {problem && <ProblemNote problem={problem} />}
      {links && links.length > 0 && (
        <ul aria-label={t.links} className="mt-4 divide-y divide-line border border-line">
          {links.map((link) => (
            <li key={link.name} className="flex items-center gap-3 px-3 py-1.5 text-sm" data-testid="share-link">
              <span className="min-w-0 flex-1 truncate">{link.displayName || t.anybody}</span>
              <span className="text-xs text-faint">{timeLeft(link, now)}</span>
              <Button
                look="danger"
                aria-label={link.displayName ? t.revokeFor(link.displayName) : t.revokeForAnybody}
                onClick={() => {
                  if (link.name === made?.name) setMade(undefined);
                  void revoke(link);
                }}
              >
                {t.revoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function NewLink({ onCreate }: { readonly onCreate: (name: string, days: Lifetime) => Promise<void> }) {
  const t = useTexts().review.sharing;
  const [name, setName] = useState("");
  const [days, setDays] = useState(USUAL_DAYS);
  const [busy, setBusy] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setBusy(true);
    void onCreate(name.trim(), days).finally(() => setBusy(false));
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
      <div className="min-w-0 flex-1">
        <TextField labelled label={t.forWhom} value={name} onChange={setName} maxLength={80} placeholder={t.forWhomHint} />
      </div>
      <div className="w-32">
        <Select
          label={t.lifetime}
          value={days}
          choices={LIFETIMES.map((value) => ({ value, label: t.lifetimes[value] }))}
          onChange={setDays}
        />
      </div>
      <Button look="primary" type="submit" disabled={busy}>
        {t.create}
      </Button>
    </form>
  );
}

/** A link is shown once: what opens it is kept nowhere. */
function MadeLink({ url }: { readonly url: string }) {
  const t = useTexts().review.sharing;
  const [copied, setCopied] = useState(false);
  return (
    <div className="mt-3 flex items-center gap-2">
      <TextField monospaced label={t.link} readOnly value={url} onFocus={(event) => event.target.select()} />
      <Button
        onClick={() => {
          void navigator.clipboard.writeText(url).then(
            () => setCopied(true),
            () => setCopied(false),
          );
        }}
      >
        {copied ? t.copied : t.copy}
      </Button>
      <p className="sr-only" role="status">
        {copied ? t.wasCopied : t.shownOnce}
      </p>
    </div>
  );
}
