import { expect, it } from "vitest";
import { momentAt, timeOfMoment } from "../../src/review/moments";
import { buildMaster } from "../../src/domain/masterTimeline";
import { region } from "../domain/builders";

const RATES = { a: 25, b: 50 };
const master = buildMaster(
  [region("UNCHANGED", [0, 2], [0, 2]), region("INSERTED", [2, 2], [2, 5]), region("UNCHANGED", [2, 4], [5, 7])],
  4,
  7,
);

it("is a time and a frame of both versions", () => {
  expect(momentAt(master, 1, RATES)).toEqual({ aSeconds: 1, aFrame: 25n, bSeconds: 1, bFrame: 50n });
  expect(momentAt(master, 1, { a: 0, b: 0 })).toEqual({ aSeconds: 1, bSeconds: 1 });
});

it("leaves out a version that has nothing there", () => {
  expect(momentAt(master, 3, RATES)).toEqual({ bSeconds: 3, bFrame: 150n });
});

it.each([0.5, 3, 6])("leads back to %f s", (time) => {
  expect(timeOfMoment(master, momentAt(master, time, RATES))).toBeCloseTo(time);
});

it("may be no moment at all", () => {
  expect(timeOfMoment(master, {})).toBeUndefined();
});
