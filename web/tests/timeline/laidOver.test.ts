import { describe, expect, it } from "vitest";
import { itemsAt, layOver, type Carried } from "../../src/timeline/laidOver";
import { buildMaster, positionAt } from "../../src/domain/masterTimeline";
import { region } from "../domain/builders";

const item = (text: string, from: number, to?: number, fate: Carried["fate"] = "carried"): Carried => ({
  text,
  fate,
  from: { start: from, end: undefined },
  to: to === undefined ? [] : [{ start: to, end: undefined }],
});

describe("what was made for one version", () => {
  // B has three seconds more at 4.
  const master = buildMaster(
    [region("UNCHANGED", [0, 4], [0, 4]), region("INSERTED", [4, 4], [4, 7]), region("UNCHANGED", [4, 10], [7, 13])],
    10,
    13,
  );

  it("lies where the other version has it", () => {
    const laid = layOver([item("late", 6, 9), item("early", 2, 2)], "a", master);
    expect(laid.map(({ text, stretch }) => [text, stretch.start])).toEqual([["early", 2], ["late", 9]]);
    for (const { stretch } of laid) {
      const { b } = positionAt(master, stretch.start) ?? {};
      expect([2, 9]).toContain(b);
    }
  });

  it("lies where it was when the other version has no place for it", () => {
    const [lost] = layOver([item("lost", 6, undefined, "lost")], "a", master);
    expect(positionAt(master, lost?.stretch.start ?? -1)?.a).toBe(6);
    expect(lost?.fate).toBe("lost");
  });

  it("can be of B, too, and lie in several places for some time", () => {
    const split: Carried = {
      text: "split",
      fate: "carried",
      from: { start: 3, end: 8 },
      to: [{ start: 3, end: 4 }, { start: 4, end: 5 }],
    };
    expect(layOver([split], "b", master).map(({ stretch }) => stretch)).toEqual([
      { start: 3, end: 7 },
      { start: 7, end: 8 },
    ]);
  });

  it("is told where the playhead stands on it", () => {
    const laid = layOver([item("here", 2, 2), item("there", 3, 3)], "a", master);
    expect(itemsAt(laid, 2.01).map(({ text }) => text)).toEqual(["here"]);
  });
});
