/** The page and the service agree on what matters most, and on how much is the same. */
import { expect, it } from "vitest";
import { groupEdits, sortEdits } from "../../src/domain/edits";
import { isDifference, type Kind, type Region } from "../../src/domain/model";
import { sidesOf, similarity } from "../../src/domain/similarity";
import { isDifferent } from "../../src/domain/threshold";
import { segments } from "./builders";
import cases from "./ranking_cases.json";
import thresholds from "./threshold_cases.json";

it.each(cases)("$says", ({ regions: given, worst, similarity: percent }) => {
  const regions = given.map(({ kind, times: [aStart = 0, aEnd = 0, bStart = 0, bEnd = 0], score, rate }): Region => ({
    kind: kind as Kind, modality: "visual", aStart, aEnd, bStart, bEnd, score, rate, confidence: 1,
  }));
  const edits = sortEdits(groupEdits(regions.filter(isDifference), []), "worst");
  expect(edits.map(({ lead }) => regions.indexOf(lead))).toEqual(worst);
  const { a, b } = sidesOf(regions);
  expect(similarity([a], [b], worst.length > 0)).toBeCloseTo(percent, 9);
});

it.each(thresholds)("$distance is different above $threshold: $different", ({ distance, threshold, different }) => {
  // Distances come in single precision.
  const [segment] = segments([Math.fround(distance)]);
  expect(segment && isDifferent(segment, threshold)).toBe(different);
});
