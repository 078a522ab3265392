import { useState } from "react";
import type { SavedComparison } from "../gen/sage/compare/v1/saved_comparison_pb";
import { useReadOnly } from "../session/useReadOnly";
import { useTexts } from "../texts/useTexts";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { NameField } from "../ui/NameField";
import { ProblemNote } from "../ui/ProblemNote";
import { Select } from "../ui/Select";
import { ShareDialog } from "./ShareDialog";
import { statusChoices, statusLook, statusOf } from "./statuses";
import type { Reviewing } from "./useReview";

/** Under which name the comparison is kept, and how far its review is. */
export function ReviewBar({ reviewing }: { readonly reviewing: Reviewing }) {
  const { review, seed, saved, looked, problem } = reviewing;
  const t = useTexts().review.bar;
  const [naming, setNaming] = useState(false);
  const [sharing, setSharing] = useState(false);
  const readOnly = useReadOnly();
  if (readOnly) return <ReadOnlyBar saved={saved} />;
  return (
    <section aria-label={t.name} className="shrink-0 border-b border-line">
      <div className="flex min-h-10 flex-wrap items-center gap-2 px-3 py-1">
        {saved && naming && (
          <NameField
            label={t.comparisonName}
            name={saved.displayName}
            onDone={(name) => {
              setNaming(false);
              if (name !== undefined) void review.rename(seed, name);
            }}
          />
        )}
        {saved && !naming && (
          <>
            <p className="min-w-0 flex-1 basis-44 truncate text-sm font-medium" title={saved.displayName} data-testid="comparison-name">
              {saved.displayName}
            </p>
            <IconButton label={t.rename} onClick={() => setNaming(true)}>
              <Icon name="edit" size={14} />
            </IconButton>
            <Button onClick={() => setSharing(true)}>{t.share}</Button>
            <div className="w-32 shrink-0">
              <Select
                label={t.status}
                value={statusLook(saved.status).value}
                choices={statusChoices()}
                onChange={(value) => void review.setStatus(seed, statusOf(value))}
              />
            </div>
          </>
        )}
        {!saved && (
          <>
            <p className="min-h-[2lh] min-w-0 flex-1 text-xs text-faint">
              {looked ? t.keeps : t.looking}
            </p>
            <Button disabled={!looked} onClick={() => void review.save(seed)}>
              {t.save}
            </Button>
          </>
        )}
      </div>
      {problem && (
        <ProblemNote problem={problem}>
          <Button onClick={review.dismiss}>{t.close}</Button>
        </ProblemNote>
      )}
      {saved && sharing && <ShareDialog comparison={saved.name} onClose={() => setSharing(false)} />}
    </section>
  );
}

/** The same for whoever has a shared link: nothing to press. */
function ReadOnlyBar({ saved }: { readonly saved: SavedComparison | undefined }) {
  const t = useTexts().review.bar;
  return (
    <section aria-label={t.name} className="flex min-h-10 shrink-0 items-center gap-2 border-b border-line px-3 py-1 text-sm">
      <p className="min-w-0 flex-1 truncate font-medium" data-testid="comparison-name">
        {saved?.displayName}
      </p>
      {saved && <p className="text-dim">{statusLook(saved.status).label}</p>}
    </section>
  );
}
