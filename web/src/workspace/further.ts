/** Files beyond the two that are compared: uploaded one after the other, to be used later. */
import { isCancelled, toProblem, type Problem } from "../api/errors";
import type { UploadProgress } from "../upload/uploader";
import type { SlotCalls } from "./slot";

export interface FurtherUpload {
  readonly file: File;
  /** Undefined until its turn has come. */
  readonly progress: UploadProgress | undefined;
  /** Why it is not uploaded. */
  readonly problem: Problem | undefined;
}

export class FurtherUploads {
  #uploads: readonly FurtherUpload[] = [];
  #current: { readonly file: File; readonly abort: AbortController } | undefined;
  #finished = 0;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly upload: SlotCalls["upload"]) {}

  readonly snapshot = (): readonly FurtherUpload[] => this.#uploads;

  /** How many have become videos so far. */
  readonly finished = (): number => this.#finished;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(files: readonly File[]): void {
    if (files.length === 0) return;
    this.#set([...this.#uploads, ...files.map((file) => ({ file, progress: undefined, problem: undefined }))]);
    if (!this.#current) void this.#run();
  }

  /** Takes a file off the list, wherever it is. */
  drop(file: File): void {
    this.#set(this.#uploads.filter((upload) => upload.file !== file));
    if (this.#current?.file === file) this.#current.abort.abort();
  }

  async #run(): Promise<void> {
    for (;;) {
      const next = this.#uploads.find(({ problem }) => problem === undefined);
      if (!next) return;
      const { file } = next;
      const abort = new AbortController();
      this.#current = { file, abort };
      try {
        await this.upload(file, { signal: abort.signal, onProgress: (progress) => this.#change(file, { progress }) });
        this.#finished += 1;
        this.#set(this.#uploads.filter((upload) => upload.file !== file));
      } catch (error) {
        if (!isCancelled(error)) this.#change(file, { problem: toProblem(error) });
      } finally {
        this.#current = undefined;
      }
    }
  }

  #change(file: File, change: Partial<FurtherUpload>): void {
    this.#set(this.#uploads.map((upload) => (upload.file === file ? { ...upload, ...change } : upload)));
  }

  #set(uploads: readonly FurtherUpload[]): void {
    this.#uploads = uploads;
    this.#listeners.forEach((listener) => listener());
  }
}
