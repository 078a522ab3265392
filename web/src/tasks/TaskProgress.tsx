import { useState } from "react";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { problemOfStatus, toProblem, type Problem } from "../api/errors";
import type { EmbeddingTask } from "../gen/sage/embed/v1/embed_pb";
import { roughDuration } from "../time/timecode";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Meter } from "../ui/Meter";
import { ProblemNote } from "../ui/ProblemNote";
import { isRetryable, isRunning, isSucceeded, stageText } from "./states";
import { cancelTask, retryTask } from "./useTasks";

interface TaskProgressProps {
  readonly task: EmbeddingTask;
  readonly tone: "a" | "b";
  /** False while the stream is down: what is shown may be old. */
  readonly connected: boolean;
}

/** How far the analysis of one video is, with what can be done about it. */
export function TaskProgress({ task, tone, connected }: TaskProgressProps) {
  const [problem, setProblem] = useState<Problem>();
  const act = (call: (name: string) => Promise<void>): void => {
    setProblem(undefined);
    call(task.name).catch((error: unknown) => setProblem(toProblem(error)));
  };
  const percent = `${Math.floor(task.progress * 100)}%`;
  const left = task.eta ? `about ${roughDuration(durationMs(task.eta) / 1000)} left` : "";

  if (isSucceeded(task)) {
    return (
      <p role="status" className="flex items-center gap-1.5 text-sm text-ok">
        <Icon name="check" /> Analysed
      </p>
    );
  }
  return (
    <div className="space-y-2">
      {isRunning(task) && (
        <>
          <Meter label="Analysis" value={task.progress} valueText={`${percent}, ${stageText(task)}`} tone={tone} />
          <div className="flex items-center justify-between gap-3 text-sm">
            <p role="status" className="min-w-0 truncate text-dim">
              {stageText(task)}
              {task.attempt > 1 && ` (attempt ${task.attempt})`}
            </p>
            <p className="tc shrink-0 text-dim">
              {connected ? left : "reconnecting…"} <span className="text-ink">{percent}</span>
            </p>
            <Button look="quiet" onClick={() => act(cancelTask)}>
              Cancel
            </Button>
          </div>
        </>
      )}
      {isRetryable(task) && (
        <>
          {task.error && task.error.code !== 0 ? (
            <ProblemNote problem={problemOfStatus(task.error)}>
              <Button onClick={() => act(retryTask)}>
                <Icon name="retry" size={13} /> Try again
              </Button>
            </ProblemNote>
          ) : (
            <div className="flex items-center justify-between text-sm">
              <p role="status" className="text-dim">
                {stageText(task)}
              </p>
              <Button onClick={() => act(retryTask)}>
                <Icon name="retry" size={13} /> Analyse
              </Button>
            </div>
          )}
        </>
      )}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
