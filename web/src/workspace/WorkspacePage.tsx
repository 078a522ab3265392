import { useEffect, useRef } from "react";
import { DEFAULTS, formatLink } from "../comparison/link";
import { navigate } from "../route";
import { isSucceeded } from "../tasks/states";
import { useTasks } from "../tasks/useTasks";
import { Button } from "../ui/Button";
import { EarlierVideos } from "./EarlierVideos";
import { EngineChoice } from "./EngineChoice";
import { SavedComparisons } from "./SavedComparisons";
import type { SlotState } from "./slot";
import { slots, useSlot } from "./slots";
import { VersionCard } from "./VersionCard";

function videoName(state: SlotState): string {
  return state.status === "video" ? state.video.name : "";
}

/** Where a comparison begins: two versions in, and on to the comparison as soon as both are ready. */
export function WorkspacePage({ workspace }: { readonly workspace: string }) {
  const a = useSlot("a");
  const b = useSlot("b");
  const { tasks } = useTasks();
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
        <div>
          <h1 className="text-xl font-semibold tracking-tight">Compare two versions</h1>
          <p className="mt-1 text-dim">
            SAGE finds what was replaced, inserted, deleted, moved or retimed, and plays both in step.
          </p>
        </div>
        <EngineChoice />
      </div>
      <div className="grid gap-3 md:grid-cols-2">
        <VersionCard side="a" hint="Earlier version" />
        <VersionCard side="b" hint="Later version" />
      </div>
      {target && (
        <div className="mt-3 flex justify-end gap-2">
          <Button
            onClick={() => {
              slots.a.clear();
              slots.b.clear();
            }}
          >
            Start over
          </Button>
          <Button look="primary" onClick={() => navigate(target)}>
            Show the comparison
          </Button>
        </div>
      )}
      <SavedComparisons workspace={workspace} />
      <EarlierVideos version={`${workspace} ${videoName(a)} ${videoName(b)}`} />
    </main>
  );
}
