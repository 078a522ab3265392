import { describe, expect, it } from "vitest";
import { buildMaster, positionAt } from "../../src/domain/masterTimeline";
import { waitingOf } from "../../src/player/waiting";
import { en } from "../../src/texts/en";
import { region } from "../domain/builders";

const master = buildMaster(
  [
    region("UNCHANGED", [0, 2], [0, 2]),
    region("INSERTED", [2, 2], [2, 4]),
    region("DELETED", [2, 5], [4, 4]),
    region("REPLACED", [5, 9], [4, 6]),
    region("RETIMED", [9, 11], [6, 7]),
  ],
  11,
  7,
);
const said = (time: number) =>
  (["a", "b"] as const).map((side) => waitingOf(side, positionAt(master, time), en.player.waits));

describe("the version that waits", () => {
  it.each([
    ["both play", 1, undefined, undefined],
    ["B has more", 3, "Waits: inserted in B", undefined],
    ["A has more", 5, undefined, "Waits: deleted in B"],
    ["both play other content", 8, undefined, undefined],
    ["B's other content is over", 10, undefined, "Waits: shorter in B"],
    ["one plays slower", 12, undefined, undefined],
    ["both are at the end", 13, undefined, undefined],
  ])("is told of where %s", (_, time, a, b) => {
    expect(said(time)).toEqual([a, b]);
  });

  it("is not told of without a timeline", () => {
    expect(waitingOf("a", undefined, en.player.waits)).toBeUndefined();
  });
});
