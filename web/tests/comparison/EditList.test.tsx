import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { groupEdits, type Edit } from "../../src/comparison/edits";
import { EditList } from "../../src/comparison/EditList";
import { NO_FILTER, type EditFilter } from "../../src/comparison/filters";
import { region } from "../timeline/builders";

const list = (edits: readonly Edit[], selected?: Edit, filter: EditFilter = NO_FILTER): string =>
  renderToStaticMarkup(
    <EditList
      edits={edits}
      frameRateA={25}
      frameRateB={25}
      order="time"
      onOrder={() => undefined}
      filter={filter}
      onFilter={() => undefined}
      selected={selected}
      onSelect={() => undefined}
      emptyText="Nothing differs."
      marking={undefined}
    />,
  );

const inserted = region("INSERTED", [2, 2], [2, 5]);
const replaced = region("REPLACED", [6, 6.48], [9, 9.48], 0.314);
const heard = { ...region("INSERTED", [2, 2], [2.04, 5]), modality: "audio" as const };
const edits = groupEdits([inserted, heard, replaced], [25, 25]);

it("tells each edit in words, with both times as timecode", () => {
  const page = list(edits);
  expect(page.match(/<li /g)).toHaveLength(2);
  expect(page).toContain("Inserted");
  expect(page).toContain("Picture and sound");
  expect(page).toContain("00:00:02:00 (a cut)");
  expect(page).toContain("00:00:09:00–00:00:09:12");
  expect(page).toContain("12f");
  expect(page).toContain("score 0.314");
});

it("marks the one that is selected", () => {
  expect(list(edits, edits[1]).match(/aria-current="true"/g)).toHaveLength(1);
});

it("shows what the filter lets through, and says how many that are", () => {
  const page = list(edits, undefined, { kinds: ["REPLACED"], modalities: [] });
  expect(page.match(/<li /g)).toHaveLength(1);
  expect(page).toContain("1 of 2");
});

it("says why it is empty", () => {
  expect(list([])).toContain("Nothing differs.");
});
