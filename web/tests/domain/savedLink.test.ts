import { create } from "@bufbuild/protobuf";
import { expect, it } from "vitest";
import { DEFAULTS, parseLink } from "../../src/domain/link";
import { toOptions } from "../../src/domain/options";
import { SavedComparisonSchema } from "../../src/gen/sage/compare/v1/saved_comparison_pb";
import { savedLink } from "../../src/domain/savedLink";

const saved = { name: "comparisons/c1", a: "videos/1", b: "videos/2" };

it("opens a comparison as it was kept", () => {
  const link = {
    ...DEFAULTS,
    a: saved.a,
    b: saved.b,
    saved: saved.name,
    alignment: "time",
    offset: -1.5,
    metric: "euclidean",
    modality: "audio",
    engine: "local",
    threshold: 0.2,
  } as const;
  const kept = create(SavedComparisonSchema, { ...saved, options: toOptions(link, link.threshold) });
  expect(parseLink(savedLink(kept))).toEqual(link);
});

it("takes what was not said as usual", () => {
  expect(savedLink(create(SavedComparisonSchema, saved))).toBe("?a=videos/1&b=videos/2&saved=c1");
});
