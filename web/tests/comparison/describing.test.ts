import { expect, it } from "vitest";
import { describeAt } from "../../src/comparison/describing";
import { region } from "../domain/builders";

it("says which edit the playhead is in, and which marker it stands on", () => {
  const lead = region("REPLACED", [4, 6], [4, 6]);
  const placed = [{ edit: { key: "1", kind: lead.kind, lead, regions: [lead] }, stretch: { start: 4, end: 6 } }];
  const markers = [{ text: "Title", fate: "carried" as const, stretch: { start: 5, end: 5 } }];
  expect(describeAt(placed, markers, 1)).toBe("unchanged");
  expect(describeAt(placed, markers, 4)).toBe("replaced, edit 1 of 1");
  expect(describeAt(placed, markers, 5)).toBe("replaced, edit 1 of 1, marker Title");
  expect(describeAt(placed, markers, 6)).toBe("unchanged");
});
