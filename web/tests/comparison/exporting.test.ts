// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { EXPORT_GROUPS, fileName } from "../../src/comparison/exporting";
import { ExportFormat } from "../../src/gen/sage/compare/v1/compare_pb";

test("every format of the contract can be chosen, once", () => {
  const offered = EXPORT_GROUPS.flatMap(({ kinds }) => kinds.map(({ format }) => format));
  const known = Object.values(ExportFormat).filter((value): value is ExportFormat => typeof value === "number");
  expect(offered.toSorted((a, b) => a - b)).toEqual(known.filter((format) => format !== ExportFormat.UNSPECIFIED));
});

test("labels are unique, as menus know their items by them", () => {
  const labels = EXPORT_GROUPS.flatMap(({ kinds }) => kinds.map(({ label }) => label));
  expect(new Set(labels).size).toBe(labels.length);
});

test.each([
  ['text/plain; name="first-cut-vs-second.picture.edl"', "1st: cut vs second.picture.edl"],
  ['application/zip; name="a-vs-b.picture-edl.zip"', "1st: cut vs second.picture-edl.zip"],
  ["application/json", "1st: cut vs second"],
])("the file is called after the versions: %s", (contentType, name) => {
  expect(fileName(contentType, "1st: cut.mov", "second.mp4")).toBe(name.replace(":", "_"));
});
