import { useCallback, useEffect, useMemo, useState, type DragEvent } from "react";
import { navigate } from "../route";
import { Button } from "../ui/Button";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { ProblemNote } from "../ui/ProblemNote";
import { CarryDialog } from "./CarryDialog";
import type { LaidFile } from "./carrying";
import { ComparisonHeader } from "./ComparisonHeader";
import { ComparisonView } from "./ComparisonView";
import { formatLink, parseLink, usualThreshold, type ComparisonLink, type ComparisonRequest } from "../domain/link";
import { nameOf } from "../media/names";
import { Preparation } from "./Preparation";
import { useComparison } from "./useComparison";
import { StartsContext, useFileStarts } from "../media/useSourceStarts";
import { useMedia } from "../media/useMedia";
import { useTexts } from "../texts/useTexts";

interface ComparisonPageProps {
  readonly link: ComparisonLink;
  readonly onSignIn: () => void;
}

/** The reasons that embedding both videos does away with. */
const NEEDS_EMBEDDING = new Set(["EMBEDDING_NOT_READY"]);

/** A comparison from its address: prepares the videos where needed, then shows it. */
export function ComparisonPage({ link, onSignIn }: ComparisonPageProps) {
  const { comparison: t, app } = useTexts();
  const { a, b, alignment, offset, metric, modality, engine } = link;
  const request: ComparisonRequest = { a, b, alignment, offset, metric, modality, engine };
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((value) => value + 1), []);
  const state = useComparison(request, attempt);
  const media = { a: useMedia(a), b: useMedia(b) };
  const fileStarts = useFileStarts(media);
  const starts = useMemo(
    () => ({ a: link.starts.a || fileStarts.a, b: link.starts.b || fileStarts.b }),
    [link.starts.a, link.starts.b, fileStarts],
  );
  const nameA = nameOf(a, media.a);
  const nameB = nameOf(b, media.b);

  useEffect(() => {
    document.title = app.titleOf(nameA, nameB);
    return () => {
      document.title = app.title;
    };
  }, [app, nameA, nameB]);

  const comparison = state.status === "failed" ? undefined : state.comparison;
  const [carrying, setCarrying] = useState(false);
  const [carried, setCarried] = useState<File>();
  const [laid, setLaid] = useState<LaidFile>();
  const droppable = comparison?.complete ?? false;
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setCarried(event.dataTransfer.files[0]);
    setCarrying(true);
  };
  const preparing = state.status === "failed" && NEEDS_EMBEDDING.has(state.problem.reason);
  return (
    // The button in the header does the same for the keyboard.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="flex h-full flex-col"
      onDragOver={(event) => droppable && event.preventDefault()}
      onDrop={(event) => droppable && drop(event)}
    >
      <ErrorBoundary name={t.panes.head}>
        <ComparisonHeader
          link={link}
          request={request}
          media={media}
          starts={starts}
          comparison={comparison}
          onSignIn={onSignIn}
          onCarry={() => {
            setCarried(undefined);
            setCarrying(true);
          }}
          onChange={(change) => {
            // Another metric has another scale: its own usual threshold comes with it.
            const scale = change.metric ? { threshold: usualThreshold(change.metric) } : {};
            // Other videos are another comparison.
            const other = change.a ? { saved: "", starts: { a: link.starts.b, b: link.starts.a } } : {};
            navigate(formatLink({ ...link, ...currentView(), ...scale, ...other, ...change }));
          }}
        />
      </ErrorBoundary>
      {state.status === "loading" && comparison?.complete && (
        <p role="status" className="shrink-0 border-b border-line bg-raised px-3 py-1 text-sm text-dim">
          {t.page.comparingAgain}
        </p>
      )}
      {preparing && <Preparation request={request} nameA={nameA} nameB={nameB} onReady={again} />}
      {state.status === "failed" && !preparing && (
        <main className="mx-auto w-full max-w-xl px-6 py-16">
          <h1 className="mb-4 text-lg font-semibold">{t.page.cannotBeCompared}</h1>
          <ProblemNote problem={state.problem}>
            <Button onClick={again}>{t.page.tryAgain}</Button>
            <Button onClick={() => navigate("")}>{t.page.otherVideos}</Button>
          </ProblemNote>
        </main>
      )}
      {state.status === "loading" && !comparison && (
        <main className="grid flex-1 place-items-center">
          <p role="status" className="text-dim">
            {t.page.comparing}
          </p>
        </main>
      )}
      {comparison && (
        <StartsContext value={starts}>
          <ComparisonView
            link={link}
            comparison={comparison}
            media={media}
            laid={laid}
            onLay={setLaid}
            onStart={(side, start) =>
              navigate(formatLink({ ...link, ...currentView(), starts: { ...link.starts, [side]: start } }))
            }
          />
        </StartsContext>
      )}
      {carrying && (
        <CarryDialog
          file={carried}
          request={request}
          frameRates={{ a: media.a.video?.frameRate ?? 0, b: media.b.video?.frameRate ?? 0 }}
          onFile={setCarried}
          onLay={(file) => {
            setLaid(file);
            setCarrying(false);
          }}
          onClose={() => setCarrying(false)}
        />
      )}
    </div>
  );
}

/** What the view has written into the address since: the playhead, nudges, the threshold. */
function currentView(): Partial<ComparisonLink> {
  const now = parseLink(window.location.search);
  return now ? { time: now.time, nudges: now.nudges, threshold: now.threshold } : {};
}
