// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { CarryResult } from "../../src/comparison/CarryResult";
import { carryFile, laidFile, MOST_BYTES, reportInWords, toReport } from "../../src/comparison/carrying";
import { DEFAULTS } from "../../src/domain/link";
import { CarryFate, CarryOverResponseSchema } from "../../src/gen/sage/compare/v1/carry_over_pb";
import { Modality } from "../../src/gen/sage/embed/v1/embed_pb";

const kept = { fate: CarryFate.KEPT, location: "line 1", text: "Here.", start: 1, end: 2, places: [{ start: 1, end: 2 }] };
const split = {
  fate: CarryFate.SPLIT,
  location: "line 5",
  text: "Two\nlines.",
  start: 4,
  end: 8,
  places: [
    { start: 4, end: 6 },
    { start: 9, end: 11 },
  ],
  remark: "It is in 2 parts now.",
};
const lost = { fate: CarryFate.LOST, location: "line 9", text: "Gone.", start: 20, places: [] };

const answer = (...items: object[]) =>
  create(CarryOverResponseSchema, {
    fileName: "film.B.srt",
    modality: Modality.AUDIO,
    items,
    totals: [
      { fate: CarryFate.KEPT, count: 1 },
      { fate: CarryFate.SPLIT, count: 1 },
      { fate: CarryFate.LOST, count: 1 },
    ],
    notes: ["A note."],
  });

describe("the report of a file that was carried over", () => {
  it("counts everything and lists what is not simply kept", () => {
    const report = toReport(answer(kept, split, lost));
    expect(reportInWords(report)).toBe("1 kept, 1 split, 1 lost, by the sound.");
    expect(report.rows.map((row) => row.location)).toEqual(["line 5", "line 9"]);
  });

  it("lists what is kept with a remark", () => {
    const report = toReport(answer({ ...kept, remark: "It runs on over 0.32 s of new content." }));
    expect(report.rows).toHaveLength(1);
  });

  it("lists nothing when all is simply kept", () => {
    expect(toReport(answer(kept)).rows).toEqual([]);
  });

  it("shows times of both versions", () => {
    const page = renderToStaticMarkup(
      <CarryResult report={toReport(answer(kept, split, lost))} onLay={() => undefined} frameRates={{ a: 25, b: 50 }} />,
    );
    expect(page).toContain("00:00:04:00–00:00:08:00 → 00:00:04:00–00:00:06:00, 00:00:09:00–00:00:11:00");
    expect(page).toContain("00:00:20:00 → nowhere");
    expect(page).toContain("Two lines.");
    expect(page).toContain("Save film.B.srt");
    expect(page).toContain("A note.");
  });
});

it("is laid over the timeline whole, by text or at least by its place in the file", () => {
  const { name, madeFor, items } = laidFile("film.srt", "b", toReport(answer(kept, { ...split, text: "" }, lost)));
  expect([name, madeFor]).toEqual(["film.srt", "b"]);
  expect(items.map(({ text, fate, to }) => [text, fate, to.length])).toEqual([
    ["Here.", "carried", 1],
    ["line 5", "carried", 2],
    ["Gone.", "lost", 0],
  ]);
});

it("does not send what is over the limit", async () => {
  const file = { name: "film.mp4", size: MOST_BYTES + 1 } as File;
  const request = { ...DEFAULTS, a: "videos/a", b: "videos/b" };
  await expect(carryFile(file, "a", request)).rejects.toThrow("film.mp4 is larger than 8 MiB.");
});
