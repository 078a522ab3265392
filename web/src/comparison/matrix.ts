/** A heat map of every part of A against every part of B. Pure. */
import { falseColour } from "../player/falseColour";

export interface Matrix {
  /** Rows are A, columns are B, from their starts to their ends. */
  readonly rows: number;
  readonly columns: number;
  /** Row after row, 0 to 255. */
  readonly values: Uint8Array;
  readonly durationA: number;
  readonly durationB: number;
}

/** A moment of each version, in seconds. */
export interface Pair {
  readonly a: number;
  readonly b: number;
}

/** As pixels, four bytes each. Similarities of unlike pictures are high already: the upper part is spread. */
export function pixelsOf({ values }: Pick<Matrix, "values">): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  const colours = Array.from({ length: 256 }, (_, value) => falseColour((value / 255) ** 3));
  values.forEach((value, index) => pixels.set([...(colours[value] ?? [0, 0, 0]), 255], index * 4));
  return pixels;
}

/** The moments at a place of the map, which has A downwards and B to the right; fractions of its size. */
export function pairAt({ durationA, durationB }: Pick<Matrix, "durationA" | "durationB">, x: number, y: number): Pair {
  const within = (share: number): number => Math.min(Math.max(share, 0), 1);
  return { a: within(y) * durationA, b: within(x) * durationB };
}
