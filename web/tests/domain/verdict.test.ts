import { describe, expect, it } from "vitest";
import { verdict } from "../../src/domain/verdict";

const found = { differences: [], outOfStep: false, reencodeOnly: false };
const compared = { complete: true, onlyInA: [], onlyInB: [], soundDifferences: [], looks: [] };
const looks = [{ sentence: "B is darker." }];

describe("the verdict", () => {
  it.each([
    [0, {}, {}, "No edits found"],
    [1, {}, {}, "1 edit"],
    [5, {}, {}, "5 edits"],
    [2, {}, { looks }, "2 edits, and B looks different throughout"],
    [2, { outOfStep: true }, { looks }, "2 edits, B looks different throughout, and the sound is out of step"],
    [0, {}, { looks }, "No edits, but B looks different throughout"],
    [0, {}, { soundDifferences: ["B is 6 dB louder."] }, "No edits, but the sound differs"],
    [0, { outOfStep: true }, { looks }, "No edits, but B looks different throughout, and the sound is out of step"],
    [0, { reencodeOnly: true }, {}, "Only re-encoded"],
    [0, {}, { onlyInA: ["audio" as const] }, "No difference in what both have"],
    [3, {}, { complete: false }, "Comparing…"],
  ])("%i, %o, %o: %s", (edits, finding, comparison, words) => {
    expect(verdict(edits, { ...found, ...finding }, { ...compared, ...comparison })).toBe(words);
  });
});
