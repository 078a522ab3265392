import { describe, expect, it } from "vitest";
import { buildMaster, masterOfA, masterOfB, positionAt, spanOf } from "../../src/domain/masterTimeline";
import { region } from "./builders";

const inserted = [
  region("UNCHANGED", [0, 10], [0, 10]),
  region("INSERTED", [10, 10], [10, 14]),
  region("UNCHANGED", [10, 20], [14, 24]),
];

describe("the edit timeline", () => {
  it("gives every region the room of its longer side", () => {
    const master = buildMaster(
      [region("REPLACED", [0, 4], [0, 6]), region("DELETED", [4, 7], [6, 6]), region("UNCHANGED", [7, 9], [6, 8])],
      9,
      8,
    );
    expect(master.slots.map(({ start, end }) => [start, end])).toEqual([[0, 6], [6, 9], [9, 11]]);
    expect(master.duration).toBe(11);
  });

  it("lets A stand still while B shows what was inserted", () => {
    const master = buildMaster(inserted, 20, 24);
    expect(positionAt(master, 12)).toMatchObject({ a: 10, b: 12, aMoves: false, bMoves: true });
    expect(positionAt(master, 15)).toMatchObject({ a: 11, b: 15, aMoves: true, bMoves: true });
  });

  it("plays replaced content at its own speed and holds the shorter side at its end", () => {
    const master = buildMaster([region("REPLACED", [0, 4], [0, 6])], 4, 6);
    expect(positionAt(master, 3)).toMatchObject({ a: 3, b: 3, aMoves: true });
    expect(positionAt(master, 5)).toMatchObject({ a: 4, b: 5, aMoves: false, bMoves: true });
  });

  it("stretches retimed content, so that the same moments meet", () => {
    const master = buildMaster([region("RETIMED", [0, 10], [0, 5])], 10, 5);
    expect(positionAt(master, 8)).toMatchObject({ a: 8, b: 4 });
    expect(master.slots[0]).toMatchObject({ rateA: 1, rateB: 0.5 });
  });

  it("shows what moved where A has it, and fetches B from elsewhere", () => {
    const master = buildMaster(
      [
        region("MOVED", [0, 5], [10, 15]),
        region("UNCHANGED", [5, 15], [0, 10]),
      ],
      15,
      15,
    );
    expect(positionAt(master, 2)).toMatchObject({ a: 2, b: 12 });
    expect(masterOfB(master, 12)).toBe(2);
    expect(masterOfB(master, 3)).toBe(8);
  });

  it("finds the place of every time of both versions again", () => {
    const master = buildMaster(inserted, 20, 24);
    for (let time = 0; time < 20; time += 0.37) {
      expect(positionAt(master, masterOfA(master, time))?.a).toBeCloseTo(time, 9);
    }
    for (let time = 0; time < 24; time += 0.37) {
      expect(positionAt(master, masterOfB(master, time))?.b).toBeCloseTo(time, 9);
    }
  });

  it("places regions of another modality by their times", () => {
    const master = buildMaster(inserted, 20, 24);
    expect(spanOf(master, region("REPLACED", [8, 12], [8, 16]))).toEqual({ start: 8, end: 16 });
    expect(spanOf(master, region("INSERTED", [10, 10], [10, 14]))).toEqual({ start: 10, end: 14 });
    expect(spanOf(master, region("DELETED", [2, 4], [2, 2]))).toEqual({ start: 2, end: 4 });
  });

  it("puts both versions from their starts until there are regions", () => {
    const master = buildMaster([], 4, 6);
    expect(positionAt(master, 5)).toMatchObject({ a: 4, b: 5 });
    expect(positionAt(buildMaster([], 0, 0), 0)).toBeUndefined();
  });
});
