// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { de } from "../../src/texts/de";
import { en } from "../../src/texts/en";
import { EXPORT_GROUPS, fileName } from "../../src/comparison/exporting";
import { ExportFormat } from "../../src/gen/sage/compare/v1/compare_pb";

test("every format of the contract can be chosen, once", () => {
  const offered = EXPORT_GROUPS.flatMap(({ kinds }) => kinds.map((kind) => ExportFormat[kind]));
  const known = Object.values(ExportFormat).filter((value): value is ExportFormat => typeof value === "number");
  expect(offered.toSorted((a, b) => a - b)).toEqual(known.filter((format) => format !== ExportFormat.UNSPECIFIED));
});

test.each([en, de])("labels are unique, as menus know their items by them", ({ comparison: { exports } }) => {
  const labels = EXPORT_GROUPS.flatMap(({ kinds }) => kinds.map((kind) => exports.kinds[kind].label));
  expect(new Set(labels).size).toBe(labels.length);
});

test.each([
  ['text/plain; name="first-cut-vs-second.picture.edl"', "1st: cut vs second.picture.edl"],
  ['application/zip; name="a-vs-b.picture-edl.zip"', "1st: cut vs second.picture-edl.zip"],
  ["application/json", "1st: cut vs second"],
])("the file is called after the versions: %s", (contentType, name) => {
  expect(fileName(contentType, "1st: cut.mov", "second.mp4")).toBe(name.replace(":", "_"));
});
