import { expect, it } from "vitest";
import { groupEdits } from "../../src/domain/edits";
import { NO_FILTER, passes, toggled, type EditFilter, type Telling } from "../../src/domain/filters";
import { de } from "../../src/texts/de";
import { en } from "../../src/texts/en";
import { timecode } from "../../src/time/timecode";
import { region } from "./builders";

const at25 = (seconds: number): string => timecode(seconds, 25);
const telling: Telling = { words: en.domain, a: at25, b: at25 };
const edits = groupEdits(
  [region("DELETED", [1, 2], [1, 1]), { ...region("REPLACED", [4, 5], [3, 4], 0.5), modality: "audio" }],
  [],
);
const kept = (filter: Parameters<typeof passes>[0]) => edits.filter((edit) => passes(filter, edit, telling)).map(({ kind }) => kind);

it("lets everything through until something is asked for", () => {
  expect(kept(NO_FILTER)).toEqual(["DELETED", "REPLACED"]);
  expect(kept({ ...NO_FILTER, kinds: ["DELETED"] })).toEqual(["DELETED"]);
  expect(kept({ ...NO_FILTER, modalities: ["audio"] })).toEqual(["REPLACED"]);
  expect(kept({ ...NO_FILTER, kinds: ["DELETED"], modalities: ["audio"] })).toEqual([]);
});

it("takes a choice back the second time", () => {
  expect(toggled(toggled([], "a"), "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});

it("finds edits by words and by parts of their timecodes", () => {
  const [late] = groupEdits([{ ...region("REPLACED", [65, 66], [70, 71]), reason: "OVERLAY" }], []);
  if (!late) throw new Error("There is an edit.");
  const found = (text: string): boolean => passes({ ...NO_FILTER, text }, late, telling);
  expect(["", "  ", "replaced", "PICTURE over", "01:05", "00:01:10:00"].map(found)).toEqual([true, true, true, true, true, true]);
  expect(["sound", "replaced 02:00"].map(found)).toEqual([false, false]);
  const german = (text: string): boolean => passes({ ...NO_FILTER, text }, late, { ...telling, words: de.domain });
  expect(["ersetzt BILD", "replaced"].map(german)).toEqual([true, false]);
});

it("chooses by reason and by length", () => {
  const edits = groupEdits(
    [{ ...region("REPLACED", [0, 4], [0, 4]), reason: "LOOK" }, region("DELETED", [9, 9.4], [9, 9])],
    [],
  );
  const kinds = (filter: Partial<EditFilter>): string[] =>
    edits.filter((edit) => passes({ ...NO_FILTER, ...filter }, edit, telling)).map(({ kind }) => kind);
  expect(kinds({ reasons: ["LOOK"] })).toEqual(["REPLACED"]);
  expect(kinds({ reasons: ["OVERLAY"] })).toEqual([]);
  expect(kinds({ atLeast: 1 })).toEqual(["REPLACED"]);
});
