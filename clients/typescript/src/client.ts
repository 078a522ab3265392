import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Client, Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { createCRC32, createSHA256 } from "hash-wasm";
import { type CompareVideosRequestSchema, type CompareVideosResponse, ServiceClients } from "./contract.js";
import { EmbeddingTask_State, type EmbeddingTask } from "./gen/sage/embed/v1/embed_pb.js";
import { type Session, SessionService } from "./gen/sage/embed/v1/session_pb.js";
import { Upload_State, type Video } from "./gen/sage/ingest/v1/ingest_pb.js";

/** How much of a file has been sent, in bytes. */
export type Progress = (sent: number, size: number) => void;

const BLOCK_BYTES = 1 << 20;
/** Castagnoli's polynomial. */
const CRC32C = 0x82f63b78;
/** How long before its end a session is renewed, and how long a lost server is waited for, in ms. */
const RENEW_BEFORE = 60_000;
const PATIENCE = 60_000;
const PAUSE = 1_000;

/**
 * The connection to one server. It opens a session by itself and renews it before it ends. Its fields
 * are the generated clients of the contract; the methods are what takes more than one call. Errors are
 * ConnectErrors whose `rawMessage` says what to do.
 */
export class SageClient extends ServiceClients {
  readonly #open: Client<typeof SessionService>;
  #session: Promise<Session> | undefined;

  /** @param server `http://host:port`, in a page `location.origin`
   *  @param apiKey a key of TwelveLabs; without one it works in the server's anonymous workspace */
  constructor(server: string, readonly apiKey = "") {
    const signed: Interceptor = (next) => async (request) => {
      request.header.set("authorization", `Bearer ${await this.#token()}`);
      return next(request);
    };
    super(createGrpcWebTransport({ baseUrl: server, interceptors: [signed] }));
    this.#open = createClient(SessionService, createGrpcWebTransport({ baseUrl: server }));
  }

  /**
   * The video of a file: the one with the same bytes that is there, or what becomes of the parts.
   * Called again after it was interrupted, it sends those that are missing.
   */
  async upload(file: Blob, displayName: string, progress: Progress = () => {}): Promise<Video> {
    const sha256 = await digest(file);
    const known = (await this.ingest.listVideos({ sha256 })).videos[0];
    if (known !== undefined) return known;
    const facts = await digest(new Blob([`${sha256}/${displayName}`]));
    const request = { displayName, sha256, sizeBytes: BigInt(file.size), requestId: uuidOf(facts) };
    let upload = await this.ingest.createUpload(request);
    if (upload.state !== Upload_State.ACTIVE && upload.state !== Upload_State.COMPLETING) {
      upload = await this.ingest.createUpload({ ...request, requestId: crypto.randomUUID() });
    }
    const crc = await createCRC32(CRC32C);
    const partSize = Number(upload.partSize);
    for (let partNumber = 1; partNumber <= upload.partCount; partNumber++) {
      const part = file.slice((partNumber - 1) * partSize, partNumber * partSize);
      if (!upload.receivedParts.includes(partNumber)) {
        const data = new Uint8Array(await part.arrayBuffer());
        const crc32c = parseInt(crc.init().update(data).digest(), 16);
        const giveUp = Date.now() + PATIENCE;
        const send = () => this.ingest.uploadPart({ upload: upload.name, partNumber, data, crc32c });
        while (!(await send().catch((error: unknown) => waitOrGiveUp(error, giveUp))));
      }
      progress(Math.min(partNumber * partSize, file.size), file.size);
    }
    return this.ingest.completeUpload({ name: upload.name });
  }

  /**
   * Makes the embeddings of videos and tells of every change until all are there. A dropped watch goes
   * on after the last revision that arrived.
   */
  async embedVideos(videos: readonly string[], progress: (task: EmbeddingTask) => void = () => {}): Promise<void> {
    const waiting = new Set<string>();
    for (const video of videos) {
      waiting.add((await this.embed.createEmbeddingTask({ video })).name);
    }
    const names = [...waiting];
    let afterRevision = 0n;
    for (let giveUp = Date.now() + PATIENCE; waiting.size > 0; ) {
      try {
        for await (const message of this.embed.watchEmbeddingTasks({ names, afterRevision })) {
          if (message.revision > afterRevision) afterRevision = message.revision;
          giveUp = Date.now() + PATIENCE;
          for (const task of message.embeddingTasks) {
            progress(task);
            if (endedBadly(task)) {
              const why = task.error?.message ?? "The embedding was cancelled.";
              throw new ConnectError(`${task.videoDisplayName}: ${why}`, Code.Aborted);
            }
            if (task.state === EmbeddingTask_State.SUCCEEDED) waiting.delete(task.name);
          }
          if (waiting.size === 0) return;
        }
        throw new ConnectError("The watch ended.", Code.Unavailable);
      } catch (error) {
        await waitOrGiveUp(error, giveUp);
      }
    }
  }

  /** Streams a comparison: its header, distances, looks, regions and summary. */
  compareVideos(request: MessageInitShape<typeof CompareVideosRequestSchema>): AsyncIterable<CompareVideosResponse> {
    return this.compare.compareVideos(request);
  }

  async #token(): Promise<string> {
    let session = await this.#session;
    if (!session?.expireTime || timestampMs(session.expireTime) - Date.now() < RENEW_BEFORE) {
      const opening = this.#open.createSession({ twelvelabsApiKey: this.apiKey });
      this.#session = opening;
      session = await opening.catch((error: unknown) => {
        this.#session = undefined;
        throw error;
      });
    }
    return session.accessToken;
  }
}

/** SHA-256 in lower-case hex, without holding more than a block of the file. */
async function digest(file: Blob): Promise<string> {
  const sha256 = await createSHA256();
  for (let start = 0; start < file.size; start += BLOCK_BYTES) {
    sha256.update(new Uint8Array(await file.slice(start, start + BLOCK_BYTES).arrayBuffer()));
  }
  return sha256.digest();
}

/** A UUID that is always the same for the same hash. */
function uuidOf(hash: string): string {
  return hash.slice(0, 32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5");
}

function endedBadly(task: EmbeddingTask): boolean {
  return task.state === EmbeddingTask_State.FAILED || task.state === EmbeddingTask_State.CANCELLED;
}

/** Waits where the same call may succeed later; throws the error where it may not. */
async function waitOrGiveUp(error: unknown, giveUp: number): Promise<undefined> {
  // Where the network fails, fetch throws a TypeError.
  const away = error instanceof ConnectError && (error.code === Code.Unavailable || error.cause instanceof TypeError);
  if (!away || Date.now() > giveUp) throw error;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
}
