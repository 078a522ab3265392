import { expect, it } from "vitest";
import { pairAt, pixelsOf } from "../../src/comparison/matrix";

it("has A downwards and B to the right", () => {
  const matrix = { durationA: 100, durationB: 40 };
  expect(pairAt(matrix, 0.5, 0.1)).toEqual({ a: 10, b: 20 });
  expect(pairAt(matrix, 7, -1)).toEqual({ a: 0, b: 40 });
});

it("is black where nothing is alike and white where all is", () => {
  const pixels = pixelsOf({ values: new Uint8Array([0, 255]) });
  expect([...pixels]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
});
