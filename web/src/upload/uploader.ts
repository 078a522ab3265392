/** Sends one file: parts in parallel, tried again after trouble, continued after a reload. */
import { Code, type Client } from "@connectrpc/connect";
import { Upload_State, type IngestService, type Upload, type Video } from "../gen/sage/ingest/v1/ingest_pb";
import { backoffMs, delay } from "../api/backoff";
import { isCancelled, ownError, toProblem } from "../api/errors";
import { texts } from "../texts";
import { missingParts, receivedBytes, type Part, type PartLayout } from "./parts";
import { RateMeter } from "./rate";
import type { ReadPart } from "./readPart";
import type { ResumeBook } from "./resume";

/** What the uploader needs of the ingest service. */
export type UploadCalls = Pick<
  Client<typeof IngestService>,
  "createUpload" | "getUpload" | "completeUpload" | "abortUpload" | "getVideo"
> & {
  /** The bytes of a part and their CRC-32C; undefined where they cannot be read. */
  readPart(part: Blob): Promise<ReadPart | undefined>;
  /** Sends one part and tells how many of its bytes have left. */
  sendPart(
    upload: string,
    partNumber: number,
    data: Uint8Array<ArrayBuffer>,
    crc: number,
    options: { signal: AbortSignal; onSent: (bytes: number) => void },
  ): Promise<void>;
};

export interface UploadProgress {
  readonly stage: "starting" | "sending" | "waiting" | "checking";
  readonly sentBytes: number;
  readonly totalBytes: number;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** Whether bytes of an earlier visit were found. */
  readonly resumed: boolean;
}

export interface UploadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: UploadProgress) => void;
}

/** The reason of a signal that stops an upload for a while: everything that has arrived stays. */
export const PAUSED = new DOMException("Paused", "AbortError");

const PARALLEL_PARTS = 3;
const RETRIES = { firstMs: 500, maxMs: 15_000 };
const MAX_TRIES = 12;
const BEAT_MS = 1000;
/** Joining and looking into a large file takes its time. */
const COMPLETE_TIMEOUT_MS = 15 * 60_000;

export class Uploader {
  readonly #meter = new RateMeter();
  readonly #inFlight = new Map<number, number>();
  #durable = 0;
  #resumed = false;

  constructor(
    private readonly calls: UploadCalls,
    private readonly book: ResumeBook,
    private readonly file: File,
    private readonly options: UploadOptions,
    private readonly rest: typeof delay = delay,
  ) {}

  /** Sends the file and answers with the video. Throws what the server says when it refuses. */
  async run(): Promise<Video> {
    this.#report("starting");
    const upload = await this.#open();
    try {
      if (upload.state === Upload_State.COMPLETED) return await this.#done(upload);
      await this.#sendMissing(upload);
      this.#report("checking");
      const video = await this.#retrying(() =>
        this.calls.completeUpload(
          { name: upload.name },
          { signal: this.options.signal, timeoutMs: COMPLETE_TIMEOUT_MS },
        ),
      );
      this.book.forget(this.file);
      return video;
    } catch (error) {
      // What is paused stays where it is, at the server and in the book.
      if (this.options.signal.reason === PAUSED) throw error;
      if (isCancelled(error)) await this.#abort(upload);
      else if (!toProblem(error).retryable) this.book.forget(this.file);
      throw error;
    }
  }

  /** The upload of an earlier visit when it can go on, else a new one. */
  async #open(): Promise<Upload> {
    const known = this.book.find(this.file);
    const { signal } = this.options;
    if (known !== undefined) {
      const upload = await this.#retrying(() => this.calls.getUpload({ name: known }, { signal })).catch(
        (error: unknown) => {
          if (toProblem(error).reason === "NOT_FOUND") return undefined;
          throw error;
        },
      );
      if (upload && upload.state !== Upload_State.ABORTED && upload.state !== Upload_State.FAILED) {
        this.#resumed = upload.receivedParts.length > 0;
        return upload;
      }
      this.book.forget(this.file);
    }
    const requestId = crypto.randomUUID();
    const upload = await this.#retrying(() =>
      this.calls.createUpload(
        {
          displayName: this.file.name,
          sizeBytes: BigInt(this.file.size),
          contentType: this.file.type,
          requestId,
        },
        { signal },
      ),
    );
    this.book.remember(this.file, upload.name);
    return upload;
  }

  async #done(upload: Upload): Promise<Video> {
    this.book.forget(this.file);
    return this.calls.getVideo({ name: upload.video }, { signal: this.options.signal });
  }

  /** Every part that the server lacks, a few at a time. After trouble, the server is asked anew. */
  async #sendMissing(first: Upload): Promise<void> {
    const layout = layoutOf(first);
    let received: number[] = first.receivedParts;
    for (let attempt = 1; ; attempt += 1) {
      this.#durable = receivedBytes(layout, received);
      this.#inFlight.clear();
      this.#report("sending");
      const missing = missingParts(layout, received);
      if (missing.length === 0) return;
      const before = this.#durable;
      try {
        await this.#sendAll(first.name, missing);
        return;
      } catch (error) {
        if (this.#durable > before) attempt = 1;
        await this.#pause(error, attempt);
        const now = await this.#retrying(() =>
          this.calls.getUpload({ name: first.name }, { signal: this.options.signal }),
        );
        received = now.receivedParts;
      }
    }
  }

  async #sendAll(upload: string, parts: readonly Part[]): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.options.signal]);
    const queue = parts.values();
    const lane = async (): Promise<void> => {
      for (const part of queue) await this.#sendPart(upload, part, signal);
    };
    const lanes = Array.from({ length: PARALLEL_PARTS }, lane);
    // Where nothing moves, nothing else would tell that the rate is falling.
    const beat = setInterval(() => this.#report("sending"), BEAT_MS);
    try {
      await Promise.all(lanes);
    } catch (error) {
      stop.abort();
      await Promise.allSettled(lanes);
      throw error;
    } finally {
      clearInterval(beat);
    }
  }

  async #sendPart(upload: string, part: Part, signal: AbortSignal): Promise<void> {
    const { data, crc } = await this.#read(part);
    signal.throwIfAborted();
    await this.calls.sendPart(upload, part.number, data, crc, {
      signal,
      onSent: (bytes) => {
        this.#inFlight.set(part.number, Math.min(bytes, data.length));
        this.#report("sending");
      },
    });
    this.#inFlight.delete(part.number);
    this.#durable += data.length;
    this.#report("sending");
  }

  /** The bytes of a part. Throws when the file on the disk is not the chosen one any more. */
  async #read(part: Part): Promise<ReadPart> {
    const read = await this.calls.readPart(this.file.slice(part.start, part.end));
    if (read?.data.length === part.end - part.start) return read;
    throw ownError("FILE_CHANGED", texts().upload.fileChanged(this.file.name), Code.FailedPrecondition);
  }

  async #retrying<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        await this.#pause(error, attempt);
      }
    }
  }

  /** Waits before the next try, or throws `error` when another try is of no use. */
  async #pause(error: unknown, attempt: number): Promise<void> {
    this.options.signal.throwIfAborted();
    const problem = toProblem(error);
    if (!problem.retryable || attempt >= MAX_TRIES) throw error;
    this.#report("waiting");
    const wait = problem.retryAfterMs ?? backoffMs(attempt, RETRIES, Math.random());
    await this.rest(wait, this.options.signal);
  }

  async #abort(upload: Upload): Promise<void> {
    this.book.forget(this.file);
    // Best effort: an upload that is never completed expires by itself.
    await this.calls.abortUpload({ name: upload.name }).catch(() => undefined);
  }

  #report(stage: UploadProgress["stage"]): void {
    const total = this.file.size;
    let sent = this.#durable;
    for (const bytes of this.#inFlight.values()) sent += bytes;
    if (stage === "sending") this.#meter.add({ atMs: performance.now(), bytes: sent });
    const rate = this.#meter.bytesPerSecond();
    const left = this.#meter.secondsFor(total - sent);
    this.options.onProgress({
      stage,
      sentBytes: Math.min(sent, total),
      totalBytes: total,
      resumed: this.#resumed,
      ...(rate === undefined ? {} : { bytesPerSecond: rate }),
      ...(left === undefined ? {} : { secondsLeft: left }),
    });
  }
}

function layoutOf(upload: Upload): PartLayout {
  return {
    sizeBytes: Number(upload.sizeBytes),
    partSize: Number(upload.partSize),
    partCount: upload.partCount,
  };
}
