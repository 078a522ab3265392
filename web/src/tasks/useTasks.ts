/** The tasks of the workspace, for components. */
import { useSyncExternalStore } from "react";
import { embed } from "../api/clients";
import { session } from "../api/transport";
import type { EmbeddingTask } from "../gen/sage/embed/v1/embed_pb";
import { TaskWatcher, type WatchSnapshot } from "./watcher";

export const taskWatcher = new TaskWatcher(embed);

let watchedWorkspace: string | undefined;
session.subscribe(() => {
  const state = session.snapshot();
  if (state.status !== "signed-in" || state.identity.workspace === watchedWorkspace) return;
  // The first sign-in is the one that the watcher itself asked for.
  if (watchedWorkspace !== undefined) taskWatcher.reset();
  watchedWorkspace = state.identity.workspace;
});

export function useTasks(): WatchSnapshot {
  return useSyncExternalStore(taskWatcher.subscribe, taskWatcher.snapshot);
}

/** Asks for the embedding of a video; the same request again answers with the same task. */
export async function requestEmbedding(video: string, engine: string): Promise<EmbeddingTask> {
  const task = await embed.createEmbeddingTask({ video, engine, requestId: crypto.randomUUID() });
  taskWatcher.learn(task);
  return task;
}

export async function cancelTask(name: string): Promise<void> {
  taskWatcher.learn(await embed.cancelEmbeddingTask({ name }));
}

export async function retryTask(name: string): Promise<void> {
  taskWatcher.learn(await embed.retryEmbeddingTask({ name }));
}
