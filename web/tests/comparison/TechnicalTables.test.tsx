import { create } from "@bufbuild/protobuf";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { toTable, verdictOf } from "../../src/comparison/technical";
import { TechnicalTables } from "../../src/comparison/TechnicalTables";
import {
  SubtitleDifference_Kind as Kind,
  TechnicalDifferencesSchema,
  TechnicalGroup,
  TechnicalSeverity,
} from "../../src/gen/sage/compare/v1/technical_pb";

const FOUND = create(TechnicalDifferencesSchema, {
  rows: [
    { group: TechnicalGroup.FILE, name: "Size", a: "1 byte", b: "2 bytes", severity: TechnicalSeverity.INFO },
    {
      group: TechnicalGroup.SOUND,
      track: "Track 2 (deu)",
      name: "Codec",
      a: "AAC",
      severity: TechnicalSeverity.IMPORTANT,
      meaning: "May not play.",
    },
    { group: TechnicalGroup.PICTURE, name: "Scan", a: "progressive", b: "progressive", same: true },
  ],
  subtitleDifferences: [
    { kind: Kind.CHANGED, aStart: 1, bStart: 1, aText: "Yes", bText: "No" },
    { kind: Kind.ONLY_IN_B, bStart: 2.5, bText: "End" },
  ],
  subtitleDifferenceCount: 5,
  notes: ["Only headers were read."],
});

it("puts the gravest difference first and what is the same apart", () => {
  const table = toTable(FOUND);
  expect(table.differing.map(({ name }) => name)).toEqual(["Codec", "Size"]);
  expect(table.same.map(({ name }) => name)).toEqual(["Scan"]);
  expect(verdictOf(table)).toBe("2 of 3 properties differ, 1 of them important.");
});

it("says when nothing differs", () => {
  const table = toTable(create(TechnicalDifferencesSchema, { rows: FOUND.rows.slice(2) }));
  expect(verdictOf(table)).toBe("The files do not differ in any property.");
});

it("tells both values, what a difference means, and texts", () => {
  const page = renderToStaticMarkup(<TechnicalTables table={toTable(FOUND)} reading={false} />);
  expect(page).toContain("Sound, Track 2 (deu)");
  expect(page).toContain("May not play.");
  expect(page).toContain("1 property is the same");
  expect(page).toContain("Other words");
  expect(page).toContain("0:00:02.500");
  expect(page).toContain("3 more texts differ.");
  expect(page).toContain("Only headers were read.");
});

it("says that it still reads instead of what headers lack", () => {
  const page = renderToStaticMarkup(<TechnicalTables table={toTable(FOUND)} reading />);
  expect(page).toContain("Reading the files");
  expect(page).not.toContain("Only headers were read.");
});
