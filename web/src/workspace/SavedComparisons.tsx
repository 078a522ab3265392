import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useEffect, useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import type { SavedComparison } from "../gen/sage/compare/v1/saved_comparison_pb";
import { savedLink } from "../domain/savedLink";
import { statusLook } from "../review/statuses";
import { navigate } from "../route";
import { Button, IconButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { ProblemNote } from "../ui/ProblemNote";
import { useSavedComparisons } from "./useSavedComparisons";
import type { Texts } from "../texts";
import { useTexts } from "../texts/useTexts";

interface SavedComparisonsProps {
  readonly workspace: string;
  /** Told once it is clear whether there are any. */
  readonly onKnown: () => void;
}

/** The comparisons that somebody saved, marked or wrote notes on. Nothing as long as there are none. */
export function SavedComparisons({ workspace, onKnown }: SavedComparisonsProps) {
  const { workspace: { comparisons: t }, formats } = useTexts();
  const list = useSavedComparisons(workspace);
  const known = list.known || list.problem !== undefined;
  useEffect(() => {
    if (known) onKnown();
  }, [known, onKnown]);
  const [problem, setProblem] = useState<Problem>();
  const [doomed, setDoomed] = useState<SavedComparison>();
  const remove = (comparison: SavedComparison): void => {
    setDoomed(undefined);
    setProblem(undefined);
    list.remove(comparison).catch((error: unknown) => {
      setProblem(toProblem(error));
      list.reload();
    });
  };
  const shownProblem = problem ?? list.problem;
  if (list.comparisons.length === 0 && !shownProblem) return null;
  return (
    <section aria-labelledby="comparisons" className="mt-8">
      <h2 id="comparisons" className="mb-2 text-sm font-semibold">
        {t.name}
      </h2>
      {shownProblem && (
        <ProblemNote problem={shownProblem}>
          <Button onClick={list.reload}>{t.tryAgain}</Button>
        </ProblemNote>
      )}
      <ul className="divide-y divide-line border border-line bg-panel">
        {list.comparisons.map((comparison) => (
          <li key={comparison.name} className="flex items-center gap-4 px-3 py-2">
            <button
              type="button"
              className="min-w-0 flex-1 truncate text-left hover:underline"
              onClick={() => navigate(savedLink(comparison))}
            >
              {comparison.displayName}
            </button>
            <p className="text-xs text-dim">{statusLook(comparison.status).label}</p>
            <p className="hidden w-40 text-xs text-faint sm:block">{countsOf(comparison, t)}</p>
            <p className="hidden text-xs text-faint sm:block">
              {comparison.updateTime && formats.dateTime(timestampDate(comparison.updateTime))}
            </p>
            <IconButton label={t.deleteOf(comparison.displayName)} onClick={() => setDoomed(comparison)}>
              <Icon name="close" />
            </IconButton>
          </li>
        ))}
      </ul>
      {list.hasMore && (
        <Button look="quiet" className="mt-2" onClick={list.loadMore}>
          {t.more}
        </Button>
      )}
      <Dialog
        open={doomed !== undefined}
        onOpenChange={(open) => !open && setDoomed(undefined)}
        title={t.reallyDelete(doomed?.displayName ?? "")}
        description={t.deleteMeans}
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setDoomed(undefined)}>{t.keep}</Button>
          <Button look="danger" onClick={() => doomed && remove(doomed)}>
            {t.delete}
          </Button>
        </div>
      </Dialog>
    </section>
  );
}

function countsOf(
  { noteCount, reviewedCount, ignoredCount }: SavedComparison,
  t: Texts["workspace"]["comparisons"],
): string {
  return [
    noteCount > 0 && t.notes(noteCount),
    reviewedCount > 0 && t.reviewed(reviewedCount),
    ignoredCount > 0 && t.ignored(ignoredCount),
  ]
    .filter(Boolean)
    .join(", ");
}
