/**
 * The kept comparison of two videos, live: what people did with it, here and elsewhere.
 *
 * While somebody subscribes, it looks for a kept comparison of the two and watches it. As long as
 * there is none, it looks again now and then, because a colleague may keep one; the first thing that
 * is done here keeps one, too.
 */
import type { Client } from "@connectrpc/connect";
import { backoffMs, delay } from "../api/backoff";
import { isCancelled, isUnauthenticated, toProblem, type Problem } from "../api/errors";
import type { ComparisonOptions } from "../gen/sage/compare/v1/compare_pb";
import {
  ListComparisonsRequest_Order as Order,
  type ComparisonService,
  type Mark,
  type Note,
  type SavedComparison,
  type SavedComparison_Status as Status,
} from "../gen/sage/compare/v1/saved_comparison_pb";

export type ReviewCalls = Client<typeof ComparisonService>;

/** The two videos, and the comparison of them that the address names, if it does. */
export interface ReviewTarget {
  readonly a: string;
  readonly b: string;
  readonly name: string;
}

/** What a comparison is kept with, when it has to be. */
export interface Seed {
  readonly displayName: string;
  readonly options: ComparisonOptions;
}

export interface ReviewSnapshot {
  /** Whether it is known by now if there is one. */
  readonly looked: boolean;
  readonly saved: SavedComparison | undefined;
  /** Marks on their way to the server: they hold already, whatever else is told meanwhile. */
  readonly pending: readonly Mark[];
  /** Why the last thing that was tried here failed. */
  readonly problem: Problem | undefined;
}

/** What a new note says, and of which moment. */
export type NoteDraft = Pick<Note, "text" | "author" | "aSeconds" | "bSeconds" | "aFrame" | "bFrame">;

const RECONNECT = { firstMs: 500, maxMs: 10_000 };
/** How often a comparison that a colleague may have kept is looked for. */
const LOOK_MS = 10_000;

export class Review {
  #snapshot: ReviewSnapshot = { looked: false, saved: undefined, pending: [], problem: undefined };
  #revision = 0n;
  #running: AbortController | undefined;
  #wake: (() => void) | undefined;
  #named: string;
  #marking: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly calls: ReviewCalls,
    private readonly target: ReviewTarget,
    private readonly pause: (ms: number, signal: AbortSignal) => Promise<void> = delay,
  ) {
    this.#named = target.name;
  }

  readonly snapshot = (): ReviewSnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#running) {
      this.#running = new AbortController();
      void this.#run(this.#running.signal);
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#running?.abort();
      this.#running = undefined;
    };
  };

  readonly dismiss = (): void => this.#publish({ problem: undefined });

  /** Keeps the comparison, unless it is. */
  readonly save = (seed: Seed): Promise<boolean> =>
    this.#try(async () => {
      await this.#ensure(seed);
    });

  readonly rename = (seed: Seed, displayName: string): Promise<boolean> =>
    this.#try(async () => {
      const { name, etag } = await this.#ensure(seed);
      const comparison = { name, etag, displayName };
      this.#take(await this.calls.updateComparison({ comparison, updateMask: { paths: ["display_name"] } }));
    });

  readonly setStatus = (seed: Seed, status: Status): Promise<boolean> =>
    this.#try(async () => {
      const { name, etag } = await this.#ensure(seed);
      const comparison = { name, etag, status };
      this.#take(await this.calls.updateComparison({ comparison, updateMask: { paths: ["status"] } }));
    });

  readonly setMarks = (seed: Seed, marks: Mark[]): Promise<boolean> => {
    this.#publish({ pending: [...this.#snapshot.pending, ...marks] });
    const marking = this.#marking.then(() =>
      this.#try(async () => {
        const { name } = await this.#ensure(seed);
        this.#take(await this.calls.setMarks({ name, marks }));
      }),
    );
    // One after the other: the last one that a person set is the last one that arrives.
    this.#marking = marking.then(() =>
      this.#publish({ pending: this.#snapshot.pending.filter((mark) => !marks.includes(mark)) }),
    );
    return marking;
  };

  readonly addNote = (seed: Seed, note: NoteDraft): Promise<boolean> => {
    const requestId = crypto.randomUUID();
    return this.#try(async () => {
      const { name } = await this.#ensure(seed);
      await this.calls.createNote({ parent: name, note, requestId });
      await this.#readAgain(name);
    });
  };

  readonly editNote = (note: Note, text: string): Promise<boolean> =>
    this.#try(async () => {
      await this.calls.updateNote({ note: { name: note.name, etag: note.etag, text } });
      await this.#readAgain(parentOf(note));
    });

  readonly removeNote = (note: Note): Promise<boolean> =>
    this.#try(async () => {
      await this.calls.deleteNote({ name: note.name, etag: note.etag });
      await this.#readAgain(parentOf(note));
    });

  async #ensure(seed: Seed): Promise<SavedComparison> {
    const known = this.#snapshot.saved ?? (await this.#find());
    if (known) {
      this.#take(known);
      return known;
    }
    const { a, b } = this.target;
    const created = await this.calls.createComparison({ a, b, ...seed, requestId: crypto.randomUUID() });
    this.#take(created);
    return created;
  }

  /** The comparison that the address names; else the one of the two that was changed last. */
  async #find(signal?: AbortSignal): Promise<SavedComparison | undefined> {
    const options = signal ? { signal } : {};
    const { a, b } = this.target;
    let name = this.#named;
    if (!name) {
      const found = await this.calls.listComparisons({ a, b, order: Order.CHANGED, pageSize: 1 }, options);
      name = found.comparisons[0]?.name ?? "";
    }
    if (!name) return undefined;
    try {
      const saved = await this.calls.getComparison({ name }, options);
      return saved.a === a && saved.b === b ? saved : undefined;
    } catch (error) {
      if (toProblem(error).reason !== "NOT_FOUND") throw error;
      this.#named = "";
      return undefined;
    }
  }

  async #readAgain(name: string): Promise<void> {
    this.#take(await this.calls.getComparison({ name }));
  }

  /** Runs something that a person asked for; answers whether it was done. */
  async #try(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      this.#publish({ problem: undefined });
      return true;
    } catch (error) {
      const problem = toProblem(error);
      // Whoever was overtaken sees first what is there now.
      const { saved } = this.#snapshot;
      if (problem.reason === "ETAG_MISMATCH" && saved) await this.#readAgain(saved.name).catch(() => undefined);
      this.#publish({ problem });
      return false;
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      let wait = LOOK_MS;
      try {
        const saved = this.#snapshot.saved ?? (await this.#find(signal));
        if (this.#running?.signal !== signal) return;
        if (saved) this.#take(saved);
        else this.#publish({ looked: true });
        if (saved) await this.#watch(saved.name, signal, () => (attempt = 1));
        else attempt = 0;
        if (saved) wait = backoffMs(attempt, RECONNECT, Math.random());
      } catch (error) {
        if (isCancelled(error)) return;
        if (toProblem(error).reason === "NOT_FOUND") this.#lose();
        // Who is signed out comes back by signing in; there is no hurry.
        wait = backoffMs(isUnauthenticated(error) ? 5 : attempt, RECONNECT, Math.random());
      }
      if (!(await this.#rest(wait, signal))) return;
    }
  }

  async #watch(name: string, signal: AbortSignal, alive: () => void): Promise<void> {
    const request = { names: [name], afterRevision: this.#revision };
    for await (const message of this.calls.watchComparisons(request, { signal, timeoutMs: 0 })) {
      alive();
      if (this.#running?.signal !== signal) return;
      if (message.revision > this.#revision) this.#revision = message.revision;
      for (const comparison of message.comparisons) this.#take(comparison);
      if (message.deleted.includes(name)) {
        this.#lose();
        return;
      }
    }
  }

  /** Waits, but no longer than until a comparison is kept here. Answers whether to go on. */
  async #rest(ms: number, signal: AbortSignal): Promise<boolean> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    try {
      await Promise.race([this.pause(ms, signal), woken]);
      return this.#running?.signal === signal;
    } catch {
      return false;
    }
  }

  /** It was deleted: from now on any other of the two will do. */
  #lose(): void {
    this.#revision = 0n;
    this.#named = "";
    this.#publish({ saved: undefined });
  }

  #take(saved: SavedComparison): void {
    const first = this.#snapshot.saved === undefined;
    this.#publish({ looked: true, saved });
    if (first) this.#wake?.();
  }

  #publish(change: Partial<ReviewSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    this.#listeners.forEach((listener) => listener());
  }
}

function parentOf(note: Note): string {
  return note.name.split("/").slice(0, 2).join("/");
}
