import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { DifferenceList } from "../../src/comparison/DifferenceList";
import type { Region } from "../../src/comparison/model";
import { region } from "../timeline/builders";

const list = (differences: readonly Region[], selected?: Region): string =>
  renderToStaticMarkup(
    <DifferenceList
      differences={differences}
      frameRateA={25}
      frameRateB={25}
      order="time"
      onOrder={() => undefined}
      selected={selected}
      onSelect={() => undefined}
      emptyText="Nothing differs."
      marking={undefined}
    />,
  );

const inserted = region("INSERTED", [2, 2], [2, 5]);
const replaced = region("REPLACED", [6, 6.48], [9, 9.48], 0.314);

it("tells each difference in words, with both times as timecode", () => {
  const page = list([inserted, replaced]);
  expect(page.match(/<li /g)).toHaveLength(2);
  expect(page).toContain("Inserted");
  expect(page).toContain("00:00:02:00 (a cut)");
  expect(page).toContain("00:00:09:00–00:00:09:12");
  expect(page).toContain("12f");
  expect(page).toContain("score 0.314");
});

it("marks the one that is selected", () => {
  expect(list([inserted, replaced], replaced).match(/aria-current="true"/g)).toHaveLength(1);
});

it("says why it is empty", () => {
  expect(list([])).toContain("Nothing differs.");
});
