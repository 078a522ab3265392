import { useCallback, useEffect, useState, type DragEvent } from "react";
import { navigate } from "../route";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { CarryDialog } from "./CarryDialog";
import { ComparisonHeader } from "./ComparisonHeader";
import { ComparisonView } from "./ComparisonView";
import { formatLink, parseLink, usualThreshold, type ComparisonLink, type ComparisonRequest } from "./link";
import { Preparation } from "./Preparation";
import { useComparison } from "./useComparison";
import { useMedia } from "./useMedia";

interface ComparisonPageProps {
  readonly link: ComparisonLink;
  readonly onSignIn: () => void;
}

/** The reasons that embedding both videos does away with. */
const NEEDS_EMBEDDING = new Set(["EMBEDDING_NOT_READY"]);

/** A comparison from its address: prepares the videos where needed, then shows it. */
export function ComparisonPage({ link, onSignIn }: ComparisonPageProps) {
  const { a, b, alignment, offset, metric, modality, engine } = link;
  const request: ComparisonRequest = { a, b, alignment, offset, metric, modality, engine };
  const [attempt, setAttempt] = useState(0);
  const again = useCallback(() => setAttempt((value) => value + 1), []);
  const state = useComparison(request, attempt);
  const media = { a: useMedia(a), b: useMedia(b) };
  const nameA = media.a.video?.displayName ?? a;
  const nameB = media.b.video?.displayName ?? b;

  useEffect(() => {
    document.title = `${nameA} / ${nameB} – SAGE`;
    return () => {
      document.title = "SAGE";
    };
  }, [nameA, nameB]);

  const comparison = state.status === "failed" ? undefined : state.comparison;
  const [carrying, setCarrying] = useState(false);
  const [carried, setCarried] = useState<File>();
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
      <ComparisonHeader
        link={link}
        request={request}
        media={media}
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
          const other = change.a ? { saved: "" } : {};
          navigate(formatLink({ ...link, ...currentView(), ...scale, ...other, ...change }));
        }}
      />
      {preparing && <Preparation request={request} nameA={nameA} nameB={nameB} onReady={again} />}
      {state.status === "failed" && !preparing && (
        <main className="mx-auto w-full max-w-xl px-6 py-16">
          <h1 className="mb-4 text-lg font-semibold">These two cannot be compared</h1>
          <ProblemNote problem={state.problem}>
            <Button onClick={again}>Try again</Button>
            <Button onClick={() => navigate("")}>Choose other videos</Button>
          </ProblemNote>
        </main>
      )}
      {state.status === "loading" && !comparison && (
        <main className="grid flex-1 place-items-center">
          <p role="status" className="text-dim">
            Comparing…
          </p>
        </main>
      )}
      {comparison && <ComparisonView link={link} comparison={comparison} media={media} />}
      {carrying && (
        <CarryDialog
          file={carried}
          request={request}
          frameRates={{ a: media.a.video?.frameRate ?? 0, b: media.b.video?.frameRate ?? 0 }}
          onFile={setCarried}
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
