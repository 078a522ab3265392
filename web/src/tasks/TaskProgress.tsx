import { useState } from "react";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { problemOfStatus, toProblem, type Problem } from "../api/errors";
import type { EmbeddingTask } from "../gen/sage/embed/v1/embed_pb";
import { SERVICE_LANGUAGE } from "../texts/language";
import { useTexts } from "../texts/useTexts";
import { roughDuration } from "../time/timecode";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Meter } from "../ui/Meter";
import { ProblemNote } from "../ui/ProblemNote";
import { isRetryable, isRunning, isSucceeded, particulars, stageText } from "./states";
import { cancelTask, retryTask } from "./useTasks";

interface TaskProgressProps {
  readonly task: EmbeddingTask;
  readonly tone: "a" | "b";
  /** False while the stream is down: what is shown may be old. */
  readonly connected: boolean;
}

/** How far the analysis of one video is, with what can be done about it. */
export function TaskProgress({ task, tone, connected }: TaskProgressProps) {
  const { tasks: t, formats } = useTexts();
  const [problem, setProblem] = useState<Problem>();
  const act = (call: (name: string) => Promise<void>): void => {
    setProblem(undefined);
    call(task.name).catch((error: unknown) => setProblem(toProblem(error)));
  };
  const percent = formats.percent(Math.floor(task.progress * 100));
  const left = task.eta ? t.left(roughDuration(durationMs(task.eta) / 1000)) : "";
  const stage = stageText(task);
  const said = particulars(task);

  if (isSucceeded(task)) {
    return (
      <p role="status" className="flex items-center gap-1.5 text-sm text-ok">
        <Icon name="check" /> {t.states.SUCCEEDED}
      </p>
    );
  }
  return (
    <div className="space-y-2">
      {isRunning(task) && (
        <>
          <Meter label={t.name} value={task.progress} valueText={t.spoken(percent, stage)} tone={tone} />
          <div className="flex items-center justify-between gap-3 text-sm">
            <p role="status" className="min-w-0 text-dim">
              {task.attempt > 1 ? t.attempt(stage, task.attempt) : stage}
            </p>
            <p className="tc shrink-0 text-dim">
              {connected ? left : t.reconnecting} <span className="text-ink">{percent}</span>
            </p>
            <Button look="quiet" onClick={() => act(cancelTask)}>
              {t.cancel}
            </Button>
          </div>
          {said && (
            <p lang={SERVICE_LANGUAGE} className="truncate text-xs text-faint">
              {said}
            </p>
          )}
        </>
      )}
      {isRetryable(task) && (
        <>
          {task.error && task.error.code !== 0 ? (
            <ProblemNote problem={problemOfStatus(task.error)}>
              <Button onClick={() => act(retryTask)}>
                <Icon name="retry" size={13} /> {t.tryAgain}
              </Button>
            </ProblemNote>
          ) : (
            <div className="flex items-center justify-between text-sm">
              <p role="status" className="text-dim">
                {stage}
              </p>
              <Button onClick={() => act(retryTask)}>
                <Icon name="retry" size={13} /> {t.analyse}
              </Button>
            </div>
          )}
        </>
      )}
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
