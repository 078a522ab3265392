import { expect, it } from "vitest";
import { buildMaster } from "../../src/domain/masterTimeline";
import { movesOf } from "../../src/timeline/moves";
import { region } from "../domain/builders";

const later = [
  region("UNCHANGED", [0, 2], [0, 2]),
  region("MOVED", [2, 4], [8, 10]),
  region("UNCHANGED", [4, 10], [2, 8]),
  region("UNCHANGED", [10, 12], [10, 12]),
];

it("joins where A has it with where B has it", () => {
  const [move] = movesOf(buildMaster(later, 12, 12), later);
  expect(move).toMatchObject({ from: { start: 2, end: 4 }, to: 10 });
});

it("finds the very start of B", () => {
  const earlier = [region("UNCHANGED", [0, 6], [2, 8]), region("MOVED", [6, 8], [0, 2])];
  expect(movesOf(buildMaster(earlier, 8, 8), earlier)).toMatchObject([{ from: { start: 6, end: 8 }, to: 0 }]);
});

it("passes over what moved too", () => {
  const two = [
    region("MOVED", [0, 2], [6, 8]),
    region("MOVED", [2, 4], [8, 10]),
    region("UNCHANGED", [4, 10], [0, 6]),
  ];
  expect(movesOf(buildMaster(two, 10, 10), two).map(({ to }) => to)).toEqual([10, 10]);
});
