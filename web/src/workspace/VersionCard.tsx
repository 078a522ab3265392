import { useId, useState, type DragEvent } from "react";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { ProblemNote } from "../ui/ProblemNote";
import { classes } from "../ui/classes";
import { TaskProgress } from "../tasks/TaskProgress";
import { useTasks } from "../tasks/useTasks";
import type { SlotState } from "./slot";
import { slots, takeFiles, useSlot } from "./slots";
import { UploadProgress } from "./UploadProgress";
import { VideoFacts } from "./VideoFacts";
import { useTexts } from "../texts/useTexts";

interface VersionCardProps {
  readonly side: "a" | "b";
}

/** The place for one version: takes a file, then shows what becomes of it. */
export function VersionCard({ side }: VersionCardProps) {
  const t = useTexts().workspace.card[side];
  const state = useSlot(side);
  const [over, setOver] = useState(false);
  const letter = side.toUpperCase();

  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    // Two files dropped together are the two versions.
    takeFiles(side, event.dataTransfer.files);
  };

  return (
    // The file chooser inside does the same for the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      aria-label={t.name}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classes(
        "flex min-h-56 flex-col border bg-panel",
        over ? "border-ink" : "border-line",
      )}
    >
      <header className="flex h-9 items-center gap-2.5 border-b border-line px-3">
        <span
          className={classes(
            "tc grid size-5 place-items-center rounded-[2px] text-sm font-bold text-panel",
            side === "a" ? "bg-va" : "bg-vb",
          )}
        >
          {letter}
        </span>
        <h2 className="text-sm text-dim">{t.name}</h2>
        {state.status === "video" && (
          <IconButton label={t.takeOut} className="ml-auto" onClick={() => slots[side].clear()}>
            <Icon name="close" />
          </IconButton>
        )}
      </header>
      <CardBody side={side} state={state} />
    </section>
  );
}

function CardBody({ side, state }: { readonly side: "a" | "b"; readonly state: SlotState }) {
  const t = useTexts().workspace.card;
  const { tasks, connected } = useTasks();
  if (state.status === "empty") return <FileChooser side={side} />;
  if (state.status === "uploading") {
    return (
      <div className="flex flex-1 flex-col justify-between gap-6 p-4">
        <p className="text-[0.9375rem] font-medium break-words">{state.file.name}</p>
        <UploadProgress
          progress={state.progress}
          tone={side}
          paused={state.paused ?? false}
          onCancel={() => slots[side].clear()}
          onPause={() => (state.paused ? void slots[side].resume() : slots[side].pause())}
        />
      </div>
    );
  }
  if (state.status === "refused") {
    return (
      <div className="flex flex-1 flex-col justify-between gap-4 p-4">
        <p className="text-[0.9375rem] font-medium break-words">{state.file.name}</p>
        <ProblemNote problem={state.problem}>
          {state.problem.retryable && (
            <Button onClick={() => void slots[side].again()}>
              <Icon name="retry" size={13} /> {t.tryAgain}
            </Button>
          )}
          <Button onClick={() => slots[side].clear()}>{t.anotherFile}</Button>
        </ProblemNote>
      </div>
    );
  }
  const task = state.task === undefined ? undefined : tasks.get(state.task);
  return (
    <div className="flex flex-1 flex-col justify-between gap-6 p-4">
      <div>
        <p className="mb-1 text-[0.9375rem] font-medium break-words">{state.video.displayName}</p>
        <VideoFacts video={state.video} />
      </div>
      {task && <TaskProgress task={task} tone={side} connected={connected} />}
      {state.problem && (
        <ProblemNote problem={state.problem}>
          <Button onClick={() => void slots[side].again()}>
            <Icon name="retry" size={13} /> {t.tryAgain}
          </Button>
        </ProblemNote>
      )}
    </div>
  );
}

function FileChooser({ side }: { readonly side: "a" | "b" }) {
  const t = useTexts().workspace.card;
  const id = useId();
  return (
    <div className="relative flex flex-1 flex-col items-center justify-center gap-1 p-4 text-center has-focus-visible:outline-2 has-focus-visible:outline-[var(--focus)]">
      <input
        id={id}
        type="file"
        aria-label={t[side].choose}
        className="absolute inset-0 cursor-default opacity-0"
        onChange={(event) => {
          takeFiles(side, event.target.files ?? []);
        }}
        accept="video/*,.mkv,.mxf,.mov,.ts,.m2ts,.avi"
        multiple
      />
      <span className="text-faint">
        <Icon name="film" size={28} />
      </span>
      <label htmlFor={id} className="mt-1 text-[0.9375rem]">
        {t.dropHere} <span className="underline underline-offset-2">{t.chooseFile}</span>
      </label>
      <p className="text-xs text-faint">{t.anyLength}</p>
    </div>
  );
}
