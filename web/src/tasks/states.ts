/** What the states of a task mean to the page. */
import { EmbeddingTask_State as State, type EmbeddingTask } from "../gen/sage/embed/v1/embed_pb";
import { spokenLanguage, texts } from "../texts";
import { SERVICE_LANGUAGE } from "../texts/language";

export function isRunning(task: EmbeddingTask): boolean {
  return (
    task.state === State.QUEUED ||
    task.state === State.PREPARING ||
    task.state === State.PROCESSING ||
    task.state === State.STORING
  );
}

export function isSucceeded(task: EmbeddingTask): boolean {
  return task.state === State.SUCCEEDED;
}

/** Whether RetryEmbeddingTask would take it. */
export function isRetryable(task: EmbeddingTask): boolean {
  return task.state === State.FAILED || task.state === State.CANCELLED;
}

/** What is going on: in the service's words when it has any, and the page speaks its language. */
export function stageText(task: EmbeddingTask): string {
  const said = isRunning(task) && spokenLanguage() === SERVICE_LANGUAGE ? task.stage : "";
  return said || nameOf(task.state);
}

/** The service's words where the page speaks another language: they hold the particulars. */
export function particulars(task: EmbeddingTask): string | undefined {
  if (!isRunning(task) || spokenLanguage() === SERVICE_LANGUAGE) return undefined;
  return task.stage || undefined;
}

/** A state that this page does not know yet counts as none. */
function nameOf(state: State): string {
  const names: Readonly<Record<keyof typeof State, string>> = texts().tasks.states;
  const known = State[state] as keyof typeof State | undefined;
  return names[known ?? "UNSPECIFIED"];
}
