// @vitest-environment happy-dom
import { act, type ComponentProps } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { groupEdits, type Edit } from "../../src/domain/edits";
import { EditList } from "../../src/comparison/EditList";
import { NO_FILTER } from "../../src/domain/filters";
import { region } from "../domain/builders";

vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);

let root: Root;
let page: HTMLElement;

beforeEach(() => {
  page = document.createElement("div");
  root = createRoot(page);
});
afterEach(() => act(() => root.unmount()));

function list(edits: readonly Edit[], more: Partial<ComponentProps<typeof EditList>> = {}): HTMLElement {
  act(() =>
    root.render(
      <EditList
        edits={edits}
        frameRateA={25}
        frameRateB={25}
        order="time"
        onOrder={() => undefined}
        filter={NO_FILTER}
        onFilter={() => undefined}
        selected={undefined}
        onSelect={() => undefined}
        emptyText="Nothing differs."
        marking={undefined}
        videos={{ a: undefined, b: undefined }}
        {...more}
      />,
    ),
  );
  return page;
}

const rows = (): Element[] => [...page.querySelectorAll("[data-testid=difference]")];
const inserted = region("INSERTED", [2, 2], [2, 5]);
const replaced = region("REPLACED", [6, 6.48], [9, 9.48], 0.314);
const heard = { ...region("INSERTED", [2, 2], [2.04, 5]), modality: "audio" as const };
const edits = groupEdits([inserted, heard, replaced], [25, 25]);

it("tells each edit in words, with both times as timecode", () => {
  const text = list(edits).textContent;
  expect(rows()).toHaveLength(2);
  expect(text).toContain("Inserted");
  expect(text).toContain("Picture and sound");
  expect(text).toContain("00:00:02:00 (a cut)");
  expect(text).toContain("00:00:09:00–00:00:09:12");
  expect(text).toContain("12f");
  expect(text).toContain("score 0.314");
});

it("marks the one that is selected", () => {
  list(edits, { selected: edits[1] });
  expect(page.querySelectorAll("[aria-current=true]")).toHaveLength(1);
});

it("shows what the filter lets through, and says how many that are", () => {
  const text = list(edits, { filter: { ...NO_FILTER, kinds: ["REPLACED"] } }).textContent;
  expect(rows()).toHaveLength(1);
  expect(text).toContain("1 of 2");
});

it("says why it is empty", () => {
  expect(list([]).textContent).toContain("Nothing differs.");
});

it("draws the rows in sight only, and says which of how many they are", () => {
  const many = Array.from({ length: 970 }, (_, index) => region("REPLACED", [index, index + 0.5], [index, index + 0.5]));
  list(groupEdits(many, [25, 25]));
  expect(rows().length).toBeLessThan(40);
  expect(rows()[1]?.getAttribute("aria-posinset")).toBe("2");
  expect(rows()[1]?.getAttribute("aria-setsize")).toBe("970");
});
