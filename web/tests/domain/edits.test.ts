import { describe, expect, it } from "vitest";
import { en } from "../../src/texts/en";
import { countKinds, editOf, groupEdits, measuresOf, sortEdits, whereOf } from "../../src/domain/edits";
import type { Kind, Region } from "../../src/domain/model";
import { region } from "./builders";
import cases from "./edit_cases.json";

type Times = readonly [number, number];
const sound = (kind: Kind, a: Times, b: Times, score = 0): Region => ({ ...region(kind, a, b, score), modality: "audio" });

describe("picture and sound of one cut", () => {
  it("are one edit when kind and all times agree", () => {
    const picture = region("DELETED", [2, 4], [2, 2]);
    const heard = sound("DELETED", [2.08, 4.02], [2.08, 2.08]);
    const [edit, ...others] = groupEdits([picture, heard], [25, 25]);
    expect(others).toEqual([]);
    expect(edit?.regions).toEqual([picture, heard]);
    expect(edit?.lead).toBe(picture);
  });

  it.each([
    ["the kind is another", sound("REPLACED", [2, 4], [2, 2])],
    ["one end is elsewhere", sound("DELETED", [2, 4.2], [2, 2])],
    ["B's place is elsewhere", sound("DELETED", [2, 4], [3, 3])],
    ["it is of the same modality", region("DELETED", [2, 4.01], [2, 2])],
  ])("are two when %s", (_, other) => {
    expect(groupEdits([region("DELETED", [2, 4], [2, 2]), other], [25, 25])).toHaveLength(2);
  });

  it("may lie half a frame apart where frames are long", () => {
    const both = [region("DELETED", [2, 4], [2, 2]), sound("DELETED", [2.2, 4], [2, 2])];
    expect(groupEdits(both, [25, 25])).toHaveLength(2);
    expect(groupEdits(both, [25, 2])).toHaveLength(1);
  });

  it("find the closest where several are close", () => {
    const near = region("REPLACED", [2.06, 2.2], [2.06, 2.2]);
    const heard = sound("REPLACED", [2.06, 2.2], [2.06, 2.2]);
    const edits = groupEdits([region("REPLACED", [2, 2.15], [2, 2.15]), near, heard], []);
    expect(edits.map(({ regions }) => regions.length)).toEqual([1, 2]);
  });
});

describe("edits", () => {
  const late = region("REPLACED", [8, 9], [8, 9], 0.3);
  const heard = sound("INSERTED", [1, 1], [1, 3]);
  const edits = groupEdits([late, sound("REPLACED", [8, 9], [8, 9], 0.5), heard], [25, 25]);

  it("are in order of time, or the worst first", () => {
    expect(edits.map(({ kind }) => kind)).toEqual(["INSERTED", "REPLACED"]);
    expect(sortEdits(edits, "worst").map(({ kind }) => kind)).toEqual(["INSERTED", "REPLACED"]);
    expect(sortEdits([...edits].reverse(), "worst").map(({ kind }) => kind)).toEqual(["INSERTED", "REPLACED"]);
  });

  it("count once, however many parts they have", () => {
    expect(countKinds(edits)).toEqual([
      { kind: "REPLACED", count: 1, seconds: 1 },
      { kind: "INSERTED", count: 1, seconds: 2 },
    ]);
  });

  it("say what they touch", () => {
    expect(edits.map((edit) => whereOf(edit, en.domain))).toEqual(["Sound", "Picture and sound"]);
    const look = groupEdits([{ ...late, reason: "LOOK" }], []);
    expect(look.map((edit) => whereOf(edit, en.domain))).toEqual(["Picture, another look"]);
  });

  it("are found by any of their parts", () => {
    expect(editOf(edits, sound("REPLACED", [8, 9], [8, 9]))).toBe(edits[1]);
    expect(editOf(edits, region("MOVED", [8, 9], [8, 9]))).toBeUndefined();
  });

  it("are as different as their worst part", () => {
    expect(edits.map(measuresOf)).toEqual([
      { score: 0, confidence: 1 },
      { score: 0.5, confidence: 1 },
    ]);
  });
});

it("groups a three-hour pair in which much differs in far less time than each with each takes", { timeout: 5000 }, () => {
  const places = Array.from({ length: 4000 }, (_, index) => index * 2.7);
  const differences = (["visual", "audio"] as const).flatMap((modality) =>
    places.map((start) => ({ ...region("REPLACED", [start, start + 1], [start, start + 1]), modality })),
  );
  const edits = groupEdits(differences, [25, 25]);
  expect(edits).toHaveLength(places.length);
  expect(edits.every(({ regions }) => regions.length === 2)).toBe(true);
});

describe("what people count", () => {
  it.each(cases)("is the same as in the report: $name", ({ rates, regions, edits }) => {
    const found = regions
      .filter(({ kind }) => kind !== "UNCHANGED")
      .map(({ kind, modality, a, b }) => ({ ...region(kind as Kind, a as unknown as Times, b as unknown as Times), modality: modality as Region["modality"] }));
    expect(groupEdits(found, rates)).toHaveLength(edits);
  });
});
