import { ConnectError } from "@connectrpc/connect";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import {
  EmbeddingTaskSchema,
  EmbeddingTask_State as State,
  WatchEmbeddingTasksResponseSchema,
  type WatchEmbeddingTasksResponse,
} from "../../src/gen/sage/embed/v1/embed_pb";
import { TaskWatcher } from "../../src/tasks/watcher";

const task = (name: string, progress: number, revision: bigint, state = State.PROCESSING) =>
  create(EmbeddingTaskSchema, { name: `embeddingTasks/${name}`, progress, revision, state });

const answer = (revision: bigint, ...embeddingTasks: ReturnType<typeof task>[]) =>
  create(WatchEmbeddingTasksResponseSchema, { revision, embeddingTasks });

/** Plays one list of messages for each time the stream is opened, then stays open. */
function fakeStreams(...streams: WatchEmbeddingTasksResponse[][]) {
  const asked: bigint[] = [];
  const stored = new Map<string, ReturnType<typeof task>>();
  const read: string[] = [];
  return {
    asked,
    /** What reading a task answers with; what is missing can't be read. */
    stored,
    /** The names of the tasks that were read. */
    read,
    getEmbeddingTask({ name = "" }: { name?: string }): Promise<ReturnType<typeof task>> {
      read.push(name);
      const found = stored.get(name);
      return found ? Promise.resolve(found) : Promise.reject(new ConnectError("away"));
    },
    async *watchEmbeddingTasks(request: { afterRevision?: bigint }): AsyncGenerator<WatchEmbeddingTasksResponse> {
      asked.push(request.afterRevision ?? 0n);
      const messages = streams.shift();
      if (!messages) await new Promise(() => undefined);
      for (const message of messages ?? []) yield Promise.resolve(message);
    },
  };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

const noPause = (): Promise<void> => Promise.resolve();

/** Streams that stay open after their last message. */
function openStreams(...messages: WatchEmbeddingTasksResponse[]) {
  const streams = fakeStreams();
  return {
    ...streams,
    async *watchEmbeddingTasks(): AsyncGenerator<WatchEmbeddingTasksResponse> {
      for (const message of messages) yield Promise.resolve(message);
      await new Promise(() => undefined);
    },
  };
}

/** A silence that is over each time it is called off, and never else. */
function silences() {
  const waiting: (() => void)[] = [];
  return {
    silence: () => new Promise<void>((resolve) => waiting.push(resolve)),
    over: () => waiting.shift()?.(),
  };
}

describe("watching tasks", () => {
  it("goes on behind the last revision after the stream broke", async () => {
    const streams = fakeStreams([answer(5n, task("x", 0.2, 5n))], [answer(8n, task("x", 0.9, 8n))]);
    const watcher = new TaskWatcher(streams, noPause);
    watcher.subscribe(() => undefined);
    await settle();
    expect(streams.asked).toEqual([0n, 5n, 8n]);
    expect(watcher.snapshot().tasks.get("embeddingTasks/x")?.progress).toBe(0.9);
  });

  it("says so while the stream is down", async () => {
    const watcher = new TaskWatcher(fakeStreams([answer(1n)]), () => new Promise(() => undefined));
    const seen: boolean[] = [];
    watcher.subscribe(() => seen.push(watcher.snapshot().connected));
    await settle();
    expect(seen).toEqual([true, false]);
  });

  it("opens one stream for many subscribers", async () => {
    const streams = fakeStreams();
    const watcher = new TaskWatcher(streams, noPause);
    watcher.subscribe(() => undefined);
    watcher.subscribe(() => undefined);
    await settle();
    expect(streams.asked).toEqual([0n]);
  });

  it("does not let an old answer overwrite a newer state", async () => {
    const watcher = new TaskWatcher(fakeStreams([answer(7n, task("x", 0.7, 7n))]), noPause);
    watcher.subscribe(() => undefined);
    await settle();
    watcher.learn(task("x", 0, 3n));
    expect(watcher.snapshot().tasks.get("embeddingTasks/x")?.progress).toBe(0.7);
  });

  it("finds an end that no message told of", async () => {
    const streams = openStreams(answer(2n, task("x", 0.5, 2n), task("y", 0.5, 1n), task("z", 1, 1n, State.FAILED)));
    const { silence, over } = silences();
    const watcher = new TaskWatcher(streams, noPause, silence);
    watcher.subscribe(() => undefined);
    await settle();
    // What arrived since counts as news; the next silence is one.
    over();
    await settle();
    expect(streams.read).toEqual([]);
    streams.stored.set("embeddingTasks/x", task("x", 1, 3n, State.SUCCEEDED));
    over();
    await settle();
    expect(streams.read).toEqual(["embeddingTasks/x", "embeddingTasks/y"]);
    expect(watcher.snapshot().tasks.get("embeddingTasks/x")?.state).toBe(State.SUCCEEDED);
    expect(watcher.snapshot().tasks.get("embeddingTasks/y")?.state).toBe(State.PROCESSING);
    over();
    await settle();
    expect(streams.read.slice(2)).toEqual(["embeddingTasks/y"]);
  });

  it("starts from nothing in another workspace", async () => {
    const streams = fakeStreams([answer(7n, task("x", 0.7, 7n))]);
    const watcher = new TaskWatcher(streams, noPause);
    watcher.subscribe(() => undefined);
    await settle();
    watcher.reset();
    await settle();
    expect(watcher.snapshot().tasks.size).toBe(0);
    expect(streams.asked.at(-1)).toBe(0n);
  });
});
