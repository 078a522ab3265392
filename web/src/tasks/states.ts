/** What the states of a task mean to the page. */
import { EmbeddingTask_State as State, type EmbeddingTask } from "../gen/sage/embed/v1/embed_pb";

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

const NAMES: Record<State, string> = {
  [State.UNSPECIFIED]: "Unknown",
  [State.QUEUED]: "Waiting",
  [State.PREPARING]: "Preparing",
  [State.PROCESSING]: "Analysing",
  [State.STORING]: "Storing",
  [State.SUCCEEDED]: "Analysed",
  [State.FAILED]: "Failed",
  [State.CANCELLED]: "Cancelled",
};

/** What is going on, in the server's words when it has any. */
export function stageText(task: EmbeddingTask): string {
  return isRunning(task) && task.stage ? task.stage : NAMES[task.state];
}
