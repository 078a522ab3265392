/** Reads what is changed here, too: nothing is shown that a newer reading or a change has overtaken. */
import { delay } from "./backoff";
import type { Problem } from "./errors";
import { recovering } from "./recovery";

export interface ReaderOptions {
  /** Told of each failure of the reading that counts. */
  readonly tell: (problem: Problem) => void;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Takes over what was read, unless the reading was overtaken meanwhile. */
export type Show = (apply: () => void) => void;
export type Read = (signal: AbortSignal, show: Show) => Promise<void>;

/** One reading at a time: the newest counts. */
export class Reader {
  #running: { readonly read: Read; readonly abort: AbortController } | undefined;

  constructor(private readonly options: ReaderOptions) {}

  /** Reads, instead of what is still being read; failures get well by themselves. */
  readonly start = (read: Read): void => {
    this.stop();
    const running = { read, abort: new AbortController() };
    this.#running = running;
    const { tell, pause = delay } = this.options;
    const show: Show = (apply) => {
      if (this.#running === running) apply();
    };
    void recovering(() => read(running.abort.signal, show), {
      signal: running.abort.signal,
      tell: (problem) => show(() => tell(problem)),
      pause,
    }).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
  };

  /** Something was changed: what is on its way may not know of it yet, and is read anew. */
  readonly changed = (): void => {
    if (this.#running) this.start(this.#running.read);
  };

  readonly stop = (): void => {
    this.#running?.abort.abort();
    this.#running = undefined;
  };
}
