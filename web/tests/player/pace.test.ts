import { describe, expect, it } from "vitest";
import { nextPace, withIn, withOut } from "../../src/player/pace";
import { planStill } from "../../src/player/still";

describe("the pace", () => {
  it("goes from step to step and stays at the ends", () => {
    expect([nextPace(1, 1), nextPace(4, 1), nextPace(0.5, -1), nextPace(0.25, -1)]).toEqual([2, 4, 0.25, 0.25]);
  });
});

describe("in and out points", () => {
  it("keep each other while they make a stretch", () => {
    expect(withOut(withIn(undefined, 3, 20), 8)).toEqual({ start: 3, end: 8 });
    expect(withIn({ start: 3, end: 8 }, 5, 20)).toEqual({ start: 5, end: 8 });
  });

  it("give way to one that is set beyond them", () => {
    expect(withIn({ start: 3, end: 8 }, 9, 20)).toEqual({ start: 9, end: 20 });
    expect(withOut({ start: 3, end: 8 }, 2)).toEqual({ start: 0, end: 2 });
  });
});

describe("a still", () => {
  it("has both pictures at one height, with room for their names", () => {
    const plan = planStill([{ width: 1920, height: 1080 }, { width: 960, height: 540 }]);
    expect(plan.pictures.map(({ x, width }) => [x, width])).toEqual([[0, 1920], [1922, 1920]]);
    expect(plan).toMatchObject({ width: 3842, height: 1134 });
  });
});
