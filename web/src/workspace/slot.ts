/** One of the two places for a version: empty, taking a file, or holding a video. */
import { isCancelled, toProblem, type Problem } from "../api/errors";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { PAUSED, type UploadProgress } from "../upload/uploader";

export type SlotState =
  | { readonly status: "empty" }
  | { readonly status: "uploading"; readonly file: File; readonly progress: UploadProgress; readonly paused?: boolean }
  | { readonly status: "refused"; readonly file: File; readonly problem: Problem }
  | {
      readonly status: "video";
      readonly video: Video;
      /** The embedding task, once it was asked for. */
      readonly task: string | undefined;
      /** Why it could not be asked for. */
      readonly problem: Problem | undefined;
    };

export interface SlotCalls {
  readonly upload: (
    file: File,
    options: { signal: AbortSignal; onProgress: (progress: UploadProgress) => void },
  ) => Promise<Video>;
  /** Gives up the paused upload of a file. */
  discard(file: File): Promise<void>;
  /** Asks for the embedding of a video; answers with the task's name. */
  embed(video: string, engine: string): Promise<string>;
}

export class VersionSlot {
  #state: SlotState = { status: "empty" };
  #abort: AbortController | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly calls: SlotCalls,
    private readonly engine: () => string,
  ) {}

  readonly snapshot = (): SlotState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Takes a file: uploads it, then asks for its embedding. */
  async take(file: File): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const show = (state: SlotState): void => {
      if (this.#abort === abort && !abort.signal.aborted) this.#set(state);
    };
    const progress: UploadProgress = {
      stage: "starting",
      sentBytes: 0,
      totalBytes: file.size,
      resumed: false,
    };
    show({ status: "uploading", file, progress });
    try {
      const video = await this.calls.upload(file, {
        signal: abort.signal,
        onProgress: (next) => show({ status: "uploading", file, progress: next }),
      });
      if (this.#abort === abort) await this.use(video);
    } catch (error) {
      // A pause has shown itself already.
      if (abort.signal.reason === PAUSED) return;
      if (isCancelled(error)) show({ status: "empty" });
      else show({ status: "refused", file, problem: toProblem(error) });
    }
  }

  /** Takes a video that is already in the workspace, and asks for its embedding. */
  async use(video: Video): Promise<void> {
    this.#abort = undefined;
    this.#set({ status: "video", video, task: undefined, problem: undefined });
    let change: { task?: string; problem?: Problem };
    try {
      change = { task: await this.calls.embed(video.name, this.engine()) };
    } catch (error) {
      change = { problem: toProblem(error) };
    }
    const now = this.#state;
    if (now.status === "video" && now.video.name === video.name) {
      this.#set({ ...now, task: change.task, problem: change.problem });
    }
  }

  /** Asks for the embedding again: after trouble, or for another engine. */
  async again(): Promise<void> {
    if (this.#state.status === "video") await this.use(this.#state.video);
    else if (this.#state.status === "refused") await this.take(this.#state.file);
  }

  /** Stops sending for a while; what has arrived stays. */
  pause(): void {
    const state = this.#state;
    if (state.status !== "uploading" || state.paused) return;
    this.#abort?.abort(PAUSED);
    this.#set({ ...state, paused: true });
  }

  /** Goes on with what was paused, where it stopped. */
  async resume(): Promise<void> {
    if (this.#state.status === "uploading" && this.#state.paused) await this.take(this.#state.file);
  }

  /** Empties the place when it holds one of these videos, which are gone. */
  forget(videos: ReadonlySet<string>): void {
    if (this.#state.status === "video" && videos.has(this.#state.video.name)) this.clear();
  }

  /** Stops what is under way and forgets what is held. */
  clear(): void {
    const state = this.#state;
    this.#abort?.abort();
    // Nobody is under way any more who would give up what was paused.
    if (state.status === "uploading" && state.paused) void this.calls.discard(state.file);
    this.#abort = undefined;
    this.#set({ status: "empty" });
  }

  #set(state: SlotState): void {
    this.#state = state;
    this.#listeners.forEach((listener) => listener());
  }
}
