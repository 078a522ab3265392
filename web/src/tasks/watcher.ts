/**
 * The state of every embedding task of the workspace, live, over one stream for the whole tab.
 *
 * The stream runs while anybody subscribes. When it breaks it is opened again after a pause and
 * goes on behind the last revision that arrived. While it is open but silent, tasks that have not
 * ended are read now and then: a message that got lost delays what is shown, and no more.
 */
import type { Client } from "@connectrpc/connect";
import type { EmbeddingTask, EmbedService } from "../gen/sage/embed/v1/embed_pb";
import { backoffMs, delay } from "../api/backoff";
import { isUnauthenticated } from "../api/errors";
import { isRunning } from "./states";

export interface WatchSnapshot {
  readonly tasks: ReadonlyMap<string, EmbeddingTask>;
  /** Whether the stream is open: if not, what is shown may be old. */
  readonly connected: boolean;
}

type WatchCalls = Pick<Client<typeof EmbedService>, "watchEmbeddingTasks" | "getEmbeddingTask">;

const RECONNECT = { firstMs: 500, maxMs: 10_000 };
/** How long no news is taken for good news. */
const SILENCE_MS = 15_000;

export class TaskWatcher {
  #snapshot: WatchSnapshot = { tasks: new Map(), connected: false };
  #revision = 0n;
  #running: AbortController | undefined;
  /** Counts the messages that told of a task. */
  #news = 0;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly calls: WatchCalls,
    private readonly pause: (ms: number, signal: AbortSignal) => Promise<void> = delay,
    private readonly silence: (ms: number, signal: AbortSignal) => Promise<void> = delay,
  ) {}

  readonly snapshot = (): WatchSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#running) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#stop();
    };
  };

  /** Takes in a task that a call has just answered with, unless the stream knows better. */
  learn(task: EmbeddingTask): void {
    this.#apply([task], this.#snapshot.connected);
  }

  /** Forgets everything: another workspace is on. */
  reset(): void {
    this.#stop();
    this.#revision = 0n;
    this.#publish({ tasks: new Map(), connected: false });
    if (this.#listeners.size > 0) this.#start();
  }

  #start(): void {
    const running = new AbortController();
    this.#running = running;
    void this.#run(running.signal);
    void this.#readInSilence(running.signal);
  }

  #stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        const stream = this.calls.watchEmbeddingTasks(
          { afterRevision: this.#revision },
          { signal, timeoutMs: 0 },
        );
        for await (const message of stream) {
          attempt = 1;
          if (this.#running?.signal !== signal) return;
          if (message.revision > this.#revision) this.#revision = message.revision;
          if (message.embeddingTasks.length > 0) this.#news += 1;
          this.#apply(message.embeddingTasks, true);
        }
      } catch (error) {
        // Who is signed out gets no stream until signing in, which resets the watcher.
        if (isUnauthenticated(error)) attempt = Math.max(attempt, 5);
      }
      // Stopped on purpose, and perhaps started anew: what is shown is not this run's any more.
      if (this.#running?.signal !== signal) return;
      this.#publish({ ...this.#snapshot, connected: false });
      try {
        await this.pause(backoffMs(attempt, RECONNECT, Math.random()), signal);
      } catch {
        return;
      }
    }
  }

  async #readInSilence(signal: AbortSignal): Promise<void> {
    for (;;) {
      const news = this.#news;
      try {
        await this.silence(SILENCE_MS, signal);
      } catch {
        return;
      }
      // A stream that is down is being opened again, and then tells everything.
      if (news !== this.#news || !this.#snapshot.connected) continue;
      // One after the other: a long queue must not become a burst of calls.
      for (const { name } of [...this.#snapshot.tasks.values()].filter(isRunning)) {
        const found = await this.calls.getEmbeddingTask({ name }, { signal }).catch(() => undefined);
        if (this.#running?.signal !== signal) return;
        if (found) this.#apply([found], this.#snapshot.connected);
      }
    }
  }

  #apply(changed: readonly EmbeddingTask[], connected: boolean): void {
    const newer = changed.filter((task) => {
      const known = this.#snapshot.tasks.get(task.name);
      return known === undefined || task.revision >= known.revision;
    });
    if (newer.length === 0 && connected === this.#snapshot.connected) return;
    const tasks = new Map(this.#snapshot.tasks);
    for (const task of newer) tasks.set(task.name, task);
    this.#publish({ tasks, connected });
  }

  #publish(snapshot: WatchSnapshot): void {
    this.#snapshot = snapshot;
    this.#listeners.forEach((listener) => listener());
  }
}
