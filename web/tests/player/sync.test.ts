import { describe, expect, it } from "vitest";
import { frameCentre, shuttle, stepFrame } from "../../src/player/sync";

describe("frames", () => {
  it("are asked for in their middle, away from both edges", () => {
    expect(frameCentre(1.04, 25, 10)).toBeCloseTo(1.06);
    expect(frameCentre(1.0399999, 25, 10)).toBeCloseTo(1.06);
    expect(frameCentre(10, 25, 10)).toBeCloseTo(9.99);
  });

  it("are stepped on their own grid", () => {
    expect(stepFrame(1.05, 25, 1)).toBeCloseTo(1.08);
    expect(stepFrame(1.05, 25, -1)).toBeCloseTo(1);
  });
});

describe("J and L", () => {
  it("double the speed with every press, and turn round at once", () => {
    expect([0, 1, 2, 4, 8].map((speed) => shuttle(speed, 1))).toEqual([1, 2, 4, 8, 8]);
    expect(shuttle(4, -1)).toBe(-1);
    expect(shuttle(-1, -1)).toBe(-2);
  });
});
