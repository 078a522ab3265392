/** Which bytes of a file each part of an upload carries. */

/** The layout of an upload, as the server decided it. */
export interface PartLayout {
  readonly sizeBytes: number;
  readonly partSize: number;
  readonly partCount: number;
}

export interface Part {
  /** From 1. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

export function partRange({ sizeBytes, partSize }: PartLayout, number: number): Part {
  const start = (number - 1) * partSize;
  return { number, start, end: Math.min(start + partSize, sizeBytes) };
}

/** The parts that the server does not have yet, in order. */
export function missingParts(layout: PartLayout, received: Iterable<number>): Part[] {
  const there = new Set(received);
  const missing: Part[] = [];
  for (let number = 1; number <= layout.partCount; number += 1) {
    if (!there.has(number)) missing.push(partRange(layout, number));
  }
  return missing;
}

/** How many bytes the received parts hold. */
export function receivedBytes(layout: PartLayout, received: Iterable<number>): number {
  let bytes = 0;
  for (const number of new Set(received)) {
    const { start, end } = partRange(layout, number);
    bytes += end - start;
  }
  return bytes;
}
