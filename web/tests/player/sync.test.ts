import { describe, expect, it } from "vitest";
import { correct, frameCentre, shuttle, stepFrame } from "../../src/player/sync";

const FRAME = 0.04;

describe("a follower", () => {
  it("is left alone within half a frame", () => {
    expect(correct(10, 10.02, 1, FRAME)).toEqual({ kind: "none" });
  });

  it("is hurried when late and slowed when early, the more the further it is away", () => {
    const nudge = (rate: number) => ({ kind: "nudge", rate: expect.closeTo(rate) as number });
    expect(correct(10.3, 10, 1, FRAME)).toEqual(nudge(1.5));
    expect(correct(10, 10.3, 1, FRAME)).toEqual(nudge(0.5));
    expect(correct(10.03, 10, 1, FRAME)).toEqual(nudge(1.1));
    expect(correct(10.03, 10, 0.5, FRAME)).toEqual(nudge(0.6));
  });

  it("jumps when it is far away", () => {
    expect(correct(10, 12, 1, FRAME)).toEqual({ kind: "seek", to: 10 });
  });
});

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
