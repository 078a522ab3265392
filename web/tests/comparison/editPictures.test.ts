import { expect, it } from "vitest";
import { picturePlaces } from "../../src/comparison/editPictures";
import { groupEdits } from "../../src/domain/edits";
import { region } from "../domain/builders";

const videos = { a: "videos/a", b: "videos/b" };

it("shows the middle of an edit, or its cut where a side has nothing of it", () => {
  const edits = groupEdits([region("INSERTED", [2, 2], [2, 5])], []);
  const at = (side: "a" | "b") => [...picturePlaces(edits, videos, side).values()].map(({ request }) => request);
  expect(at("a")).toEqual([{ video: "videos/a", times: [2] }]);
  expect(at("b")).toEqual([{ video: "videos/b", times: [3.5] }]);
});

it("asks for neighbours together, and for each edit's own picture", () => {
  const edits = groupEdits(Array.from({ length: 30 }, (_, index) => region("REPLACED", [index, index + 1], [40 - index, 41 - index])), []);
  const places = picturePlaces(edits, videos, "b");
  expect(new Set([...places.values()].map(({ request }) => request.times)).size).toBe(3);
  for (const edit of edits) {
    const place = places.get(edit.key);
    expect(place?.request.times[place.index]).toBe(edit.lead.bStart + 0.5);
    expect(place?.request.times).toEqual([...(place?.request.times ?? [])].sort((x, y) => x - y));
  }
});

it("asks for nothing of a video that is not known", () => {
  expect(picturePlaces(groupEdits([region("DELETED", [0, 1], [0, 0])], []), { a: undefined, b: undefined }, "a").size).toBe(0);
});
