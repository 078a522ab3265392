/** The bytes of a part of a file, with their checksum. */
import type { PartThatWasRead, PartToRead } from "./partWorker";

export interface ReadPart {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly crc: number;
}

let worker: Worker | undefined;
let last = 0;
const waiting = new Map<number, (read: PartThatWasRead) => void>();

/** Undefined where the part cannot be read. The worker starts with the first part. */
export async function readPart(part: Blob): Promise<ReadPart | undefined> {
  last += 1;
  const id = last;
  const read = await new Promise<PartThatWasRead>((resolve) => {
    waiting.set(id, resolve);
    const asked: PartToRead = { id, part };
    theWorker().postMessage(asked);
  });
  return read.bytes && { data: new Uint8Array(read.bytes), crc: read.crc };
}

function theWorker(): Worker {
  if (!worker) {
    worker = new Worker(new URL("./partWorker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<PartThatWasRead>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
    worker.onerror = () => {
      // Whoever waits is told that nothing was read; the next part gets another worker.
      worker = undefined;
      for (const [id, resolve] of waiting) resolve({ id, crc: 0 });
      waiting.clear();
    };
  }
  return worker;
}
