import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { DEFAULTS, formatLink } from "../domain/link";
import { navigate } from "../route";
import { isSucceeded } from "../tasks/states";
import { useTasks } from "../tasks/useTasks";
import { Button } from "../ui/Button";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { EarlierVideos } from "./EarlierVideos";
import { EngineChoice } from "./EngineChoice";
import { EngineNote } from "./EngineNote";
import { FurtherUploads } from "./FurtherUploads";
import { PendingUploads } from "./PendingUploads";
import { SampleOffer } from "./SampleOffer";
import { SavedComparisons } from "./SavedComparisons";
import type { SlotState } from "./slot";
import { further, slots, useSlot } from "./slots";
import { VersionCard } from "./VersionCard";
import { useTexts } from "../texts/useTexts";

function videoName(state: SlotState): string {
  return state.status === "video" ? state.video.name : "";
}

/** Where a comparison begins: two versions in, and on to the comparison as soon as both are ready. */
export function WorkspacePage({ workspace }: { readonly workspace: string }) {
  const t = useTexts().workspace.page;
  const a = useSlot("a");
  const b = useSlot("b");
  const { tasks } = useTasks();
  // What stands above the videos comes first, so that they do not move.
  const [known, setKnown] = useState(false);
  const saw = useCallback(() => setKnown(true), []);
  const finished = useSyncExternalStore(further.subscribe, further.finished);
  const done = (state: SlotState): boolean => {
    const task = state.status === "video" && state.task !== undefined ? tasks.get(state.task) : undefined;
    return task !== undefined && isSucceeded(task);
  };
  const ready = done(a) && done(b);
  const target = ready ? formatLink({ ...DEFAULTS, a: videoName(a), b: videoName(b) }) : undefined;

  // Coming back to two finished versions must not leave again at once.
  const wasReady = useRef(ready);
  useEffect(() => {
    if (ready && !wasReady.current && target) navigate(target);
    wasReady.current = ready;
  }, [ready, target]);

  return (
    <main className="mx-auto w-full max-w-5xl px-6 py-8">
      <div className="mb-4 flex flex-wrap items-end justify-between gap-4">
        <div className="min-w-60 flex-1">
          <h1 className="text-xl font-semibold tracking-tight">{t.title}</h1>
          <p className="mt-1 text-dim">{t.about}</p>
          <EngineNote />
        </div>
        <EngineChoice />
      </div>
      <div className="grid gap-3 md:grid-cols-2">
        <ErrorBoundary name={t.panes.a}>
          <VersionCard side="a" />
        </ErrorBoundary>
        <ErrorBoundary name={t.panes.b}>
          <VersionCard side="b" />
        </ErrorBoundary>
      </div>
      {target && (
        <div className="mt-3 flex justify-end gap-2">
          <Button
            onClick={() => {
              slots.a.clear();
              slots.b.clear();
            }}
          >
            {t.startOver}
          </Button>
          <Button look="primary" onClick={() => navigate(target)}>
            {t.showComparison}
          </Button>
        </div>
      )}
      {a.status === "empty" && b.status === "empty" && <SampleOffer />}
      <ErrorBoundary name={t.panes.uploads}>
        <FurtherUploads />
        <PendingUploads workspace={workspace} />
      </ErrorBoundary>
      <ErrorBoundary name={t.panes.comparisons}>
        <SavedComparisons workspace={workspace} onKnown={saw} />
      </ErrorBoundary>
      <ErrorBoundary name={t.panes.videos}>
        <div className={known ? undefined : "invisible"}>
          <EarlierVideos version={`${workspace} ${videoName(a)} ${videoName(b)} ${finished}`} />
        </div>
      </ErrorBoundary>
    </main>
  );
}
