import { expect, it } from "vitest";
import { groupEdits } from "../../src/comparison/edits";
import { NO_FILTER, passes, toggled } from "../../src/comparison/filters";
import { region } from "../timeline/builders";

const edits = groupEdits(
  [region("DELETED", [1, 2], [1, 1]), { ...region("REPLACED", [4, 5], [3, 4], 0.5), modality: "audio" }],
  [],
);
const kept = (filter: Parameters<typeof passes>[0]) => edits.filter((edit) => passes(filter, edit)).map(({ kind }) => kind);

it("lets everything through until something is asked for", () => {
  expect(kept(NO_FILTER)).toEqual(["DELETED", "REPLACED"]);
  expect(kept({ kinds: ["DELETED"], modalities: [] })).toEqual(["DELETED"]);
  expect(kept({ kinds: [], modalities: ["audio"] })).toEqual(["REPLACED"]);
  expect(kept({ kinds: ["DELETED"], modalities: ["audio"] })).toEqual([]);
});

it("takes a choice back the second time", () => {
  expect(toggled(toggled([], "a"), "b")).toEqual(["a", "b"]);
  expect(toggled(["a", "b"], "a")).toEqual(["b"]);
});
