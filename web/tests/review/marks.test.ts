import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import type { Kind, Modality } from "../../src/domain/model";
import { MODALITIES } from "../../src/domain/options";
import { RegionKind } from "../../src/gen/sage/compare/v1/compare_pb";
import { MarkSchema } from "../../src/gen/sage/compare/v1/saved_comparison_pb";
import { decide, decisionOf, holdsFor, markOf, shows, UNDECIDED } from "../../src/review/marks";
import cases from "./mark_cases.json";
import { region } from "../domain/builders";

const RATES = [25, 50];
const REVIEWED = { reviewed: true, ignored: false };
const IGNORED = { reviewed: false, ignored: true };
const replaced = region("REPLACED", [1, 2], [1, 2]);

describe("a mark", () => {
  const mark = markOf(replaced, REVIEWED, RATES);

  it("knows the longer frame of both sides", () => {
    expect(mark.frameSeconds).toBe(0.04);
    expect(markOf(replaced, REVIEWED, [0, 0]).frameSeconds).toBe(0.04);
    expect(markOf(replaced, REVIEWED, [0, 10]).frameSeconds).toBe(0.1);
  });

  it.each([
    [0.02, true],
    [-0.02, true],
    [0.021, false],
    [-1, false],
  ])("holds within half a frame: a shift of %f s", (shift, holds) => {
    expect(holdsFor(mark, region("REPLACED", [1 + shift, 2], [1, 2]))).toBe(holds);
    expect(holdsFor(mark, region("REPLACED", [1, 2], [1, 2 + shift]))).toBe(holds);
  });

  it("is for its kind and modality only", () => {
    expect(holdsFor(mark, region("MOVED", [1, 2], [1, 2]))).toBe(false);
    expect(holdsFor(mark, { ...replaced, modality: "audio" })).toBe(false);
  });
});

describe("what was decided", () => {
  const other = region("REPLACED", [5, 6], [5, 6]);

  it("is told of each difference; of several marks the last one holds", () => {
    const marks = [markOf(replaced, REVIEWED, RATES), markOf(replaced, IGNORED, RATES)];
    const decided = decide(marks, [replaced, other]);
    expect(decided.of(replaced)).toMatchObject(IGNORED);
    expect(decided.of(other)).toBe(UNDECIDED);
    expect(decided.unmatched).toEqual([]);
  });

  it("is kept when the options show no such difference", () => {
    const mark = markOf(other, REVIEWED, RATES);
    expect(decide([mark], [replaced]).unmatched).toEqual([mark]);
  });

  it("filters the list", () => {
    const both = { reviewed: true, ignored: true };
    expect([UNDECIDED, REVIEWED, IGNORED, both].map((it) => shows("open", it))).toEqual([true, false, false, false]);
    expect([UNDECIDED, REVIEWED, IGNORED, both].map((it) => shows("reviewed", it))).toEqual([false, true, false, true]);
    expect([UNDECIDED, REVIEWED, IGNORED, both].map((it) => shows("ignored", it))).toEqual([false, false, true, true]);
  });
});

interface Where {
  readonly modality: Uppercase<Modality>;
  readonly kind: Kind;
  readonly times: readonly [number, number, number, number];
}

interface Case {
  readonly frame_seconds: number;
  readonly mark: Where;
  readonly region: Where;
  readonly holds: boolean;
}

/** The server decides by the same cases. */
const CASES = cases as unknown as readonly Case[];

it.each(CASES)("holds as the server thinks it does: %j", ({ frame_seconds: frameSeconds, mark, region: where, holds }) => {
  const [aStart, aEnd, bStart, bEnd] = mark.times;
  const [start, end, startB, endB] = where.times;
  const at = { aStart, aEnd, bStart, bEnd, frameSeconds };
  const found = { ...region(where.kind, [start, end], [startB, endB]), modality: lower(where.modality) };
  expect(
    holdsFor(create(MarkSchema, { ...at, modality: MODALITIES[lower(mark.modality)], kind: RegionKind[mark.kind] }), found),
  ).toBe(holds);
});

function lower(modality: Uppercase<Modality>): Modality {
  return modality.toLowerCase() as Modality;
}

describe("an edit of several parts", () => {
  const heard = { ...replaced, modality: "audio" as const };
  const of = (...marks: Parameters<typeof markOf>[]) =>
    decisionOf(decide(marks.map((each) => markOf(...each)), [replaced, heard]), [replaced, heard]);

  it("is reviewed when all of its parts are", () => {
    expect(of([replaced, REVIEWED, RATES])).toEqual(UNDECIDED);
    expect(of([replaced, REVIEWED, RATES], [heard, REVIEWED, RATES])).toEqual(REVIEWED);
    expect(of([replaced, REVIEWED, RATES], [heard, IGNORED, RATES])).toEqual(UNDECIDED);
  });
});
