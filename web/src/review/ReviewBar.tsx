import { useState } from "react";
import type { SavedComparison } from "../gen/sage/compare/v1/saved_comparison_pb";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { ProblemNote } from "../ui/ProblemNote";
import { Select } from "../ui/Select";
import { STATUSES, statusLook, statusOf } from "./statuses";
import type { Reviewing } from "./useReview";

/** Under which name the comparison is kept, and how far its review is. */
export function ReviewBar({ reviewing }: { readonly reviewing: Reviewing }) {
  const { review, seed, saved, looked, problem } = reviewing;
  const [naming, setNaming] = useState(false);
  return (
    <section aria-label="Review" className="shrink-0 border-b border-line">
      <div className="flex min-h-10 items-center gap-2 px-3 py-1">
        {saved && naming && (
          <NameField
            saved={saved}
            onDone={(name) => {
              setNaming(false);
              if (name !== undefined) void review.rename(seed, name);
            }}
          />
        )}
        {saved && !naming && (
          <>
            <p className="min-w-0 flex-1 truncate text-sm font-medium" title={saved.displayName} data-testid="comparison-name">
              {saved.displayName}
            </p>
            <IconButton label="Rename the comparison" onClick={() => setNaming(true)}>
              <Icon name="edit" size={14} />
            </IconButton>
            <div className="w-32 shrink-0">
              <Select
                label="Status"
                value={statusLook(saved.status).value}
                choices={STATUSES}
                onChange={(value) => void review.setStatus(seed, statusOf(value))}
              />
            </div>
          </>
        )}
        {!saved && (
          <>
            <p className="min-w-0 flex-1 text-xs text-faint">
              {looked ? "Notes and marks keep this comparison for your workspace." : "Looking for notes…"}
            </p>
            <Button disabled={!looked} onClick={() => void review.save(seed)}>
              Save
            </Button>
          </>
        )}
      </div>
      {problem && (
        <ProblemNote problem={problem}>
          <Button onClick={review.dismiss}>Close</Button>
        </ProblemNote>
      )}
    </section>
  );
}

interface NameFieldProps {
  readonly saved: SavedComparison;
  /** The new name; undefined leaves the old one. */
  readonly onDone: (name: string | undefined) => void;
}

function NameField({ saved, onDone }: NameFieldProps) {
  const [text, setText] = useState(saved.displayName);
  const done = (): void => onDone(text.trim() !== "" && text !== saved.displayName ? text : undefined);
  return (
    <input
      aria-label="Name of the comparison"
      value={text}
      maxLength={255}
      ref={(input) => input?.focus()}
      onChange={(event) => setText(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
        if (event.key === "Escape") onDone(undefined);
      }}
      className="h-7 w-full rounded-[3px] border border-line-strong/60 bg-raised px-2 text-sm"
    />
  );
}
