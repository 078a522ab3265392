import { describe, expect, it } from "vitest";
import { sidesOf, similarity } from "../../src/domain/similarity";
import type { Region } from "../../src/domain/model";
import { region } from "./builders";

function percent(...regions: Region[]): number | undefined {
  const { a, b } = sidesOf(regions);
  return similarity([a], [b], regions.some(({ kind }) => kind !== "UNCHANGED"));
}

describe("similarity", () => {
  it("counts the time of both sides", () => {
    expect(percent(region("UNCHANGED", [0, 10], [0, 10]))).toBe(100);
    expect(percent(region("UNCHANGED", [0, 10], [0, 10]), region("INSERTED", [10, 10], [10, 15]))).toBeCloseTo(80);
    expect(percent(region("DELETED", [0, 30], [0, 0]), region("UNCHANGED", [30, 40], [0, 10]))).toBeCloseTo(40);
  });

  it("counts the time by which one side of another speed is longer", () => {
    expect(percent(region("RETIMED", [0, 10], [0, 8]))).toBeCloseTo((100 * 16) / 18);
    expect(percent(region("RETIMED", [0, 180], [0, 180.18]))).toBe(99.9);
  });

  it("counts a moment once however much of it differs", () => {
    const picture = sidesOf([region("UNCHANGED", [0, 5], [0, 5]), region("REPLACED", [5, 10], [5, 10])]);
    const sound = sidesOf([region("UNCHANGED", [0, 8], [0, 8]), region("REPLACED", [8, 10], [8, 10])]);
    expect(similarity([picture.a, sound.a], [picture.b, sound.b], true)).toBe(50);
  });

  it("is unknown where there is no time", () => {
    expect(similarity([], [], false)).toBeUndefined();
  });
});
