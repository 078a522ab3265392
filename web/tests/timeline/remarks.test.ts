import { expect, it } from "vitest";
import { buildMaster } from "../../src/domain/masterTimeline";
import { lookRemarks, offsetInWords, offsetRemarks } from "../../src/timeline/remarks";
import { region } from "../domain/builders";

const at = (from: number, to: number, soundOffset?: number) => ({
  ...region("UNCHANGED", [from, to], [from, to]),
  ...(soundOffset === undefined ? {} : { soundOffset }),
});
const regions = [at(0, 4), at(4, 6, 0.09), at(6, 8, 0.0901), at(8, 10, -0.4)];
const master = buildMaster(regions, 10, 10);

it("says where the sound is out of step, and by how much", () => {
  expect(offsetRemarks([{ regions }], master)).toEqual([
    { start: 4, end: 8, label: "Sound 90 ms late" },
    { start: 8, end: 10, label: "Sound 400 ms early" },
  ]);
});

it("says long offsets in seconds", () => {
  expect(offsetInWords(1.5)).toBe("Sound 1.50 s late");
});

it("says all looks of the whole", () => {
  expect(lookRemarks([{ sentence: "B is mirrored." }, { sentence: "B is darker." }], master)).toEqual([
    { start: 0, end: 10, label: "B is mirrored. B is darker." },
  ]);
  expect(lookRemarks([], master)).toEqual([]);
});
