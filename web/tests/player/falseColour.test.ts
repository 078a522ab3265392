import { expect, it } from "vitest";
import { falseColour, falseColourRow } from "../../src/player/falseColour";

const lightness = ([red, green, blue]: readonly number[]): number => 0.3 * (red ?? 0) + 0.59 * (green ?? 0) + 0.11 * (blue ?? 0);

it("gets lighter with every step, so that it can be read without seeing colours", () => {
  const steps = Array.from({ length: 256 }, (_, step) => lightness(falseColour(step / 255)));
  for (const [index, light] of steps.slice(1).entries()) expect(light).toBeGreaterThanOrEqual(steps[index] ?? 0);
  expect(steps.at(-1)).toBeGreaterThan(250);
});

it("runs from black to white, whatever it is asked for", () => {
  expect(falseColour(-1)).toEqual([0, 0, 0]);
  expect(falseColour(2)).toEqual([255, 255, 255]);
  const row = falseColourRow(4);
  expect([...row.slice(0, 4), ...row.slice(12)]).toEqual([0, 0, 0, 255, 255, 255, 255, 255]);
});
