/** Reads parts of files and sums them up, away from the thread that people wait for. */
import { crc32c } from "./crc32c";

/** A part to be read. `id` comes back with it. */
export interface PartToRead {
  readonly id: number;
  readonly part: Blob;
}

/** `bytes` is missing where the part could not be read. */
export interface PartThatWasRead {
  readonly id: number;
  readonly bytes?: ArrayBuffer;
  readonly crc: number;
}

self.onmessage = async ({ data: { id, part } }: MessageEvent<PartToRead>) => {
  const bytes = await part.arrayBuffer().catch(() => undefined);
  const answer: PartThatWasRead = bytes ? { id, bytes, crc: crc32c(new Uint8Array(bytes)) } : { id, crc: 0 };
  self.postMessage(answer, { transfer: bytes ? [bytes] : [] });
};
