import { describe, expect, it } from "vitest";
import { DEFAULTS, formatLink, parseLink } from "../../src/domain/link";

describe("the address of a comparison", () => {
  it("is short where everything is as usual", () => {
    expect(formatLink({ ...DEFAULTS, a: "videos/1a", b: "videos/2b" })).toBe("?a=videos/1a&b=videos/2b");
  });

  it("brings everything back", () => {
    const link = {
      a: "videos/1a",
      b: "embeddings/2b",
      alignment: "time",
      offset: -1.5,
      metric: "euclidean",
      modality: "audio",
      engine: "twelvelabs/marengo3.5",
      threshold: 0.235,
      time: 12.48,
      nudges: { a: 0.04, b: -0.01 },
      starts: { a: "01:00:00;00", b: "" },
    saved: "comparisons/3c",
    } as const;
    expect(parseLink(formatLink(link))).toEqual(link);
  });

  it("knows the usual threshold of each metric: the same angle", () => {
    const link = { ...DEFAULTS, a: "videos/1", b: "videos/2", metric: "euclidean", threshold: Math.sqrt(0.2) } as const;
    expect(formatLink(link)).toBe("?a=videos/1&b=videos/2&metric=euclidean");
    expect(parseLink(formatLink(link))).toEqual(link);
    expect(formatLink({ ...link, threshold: 0.1 })).toContain("threshold=0.1");
  });

  it("needs two resources", () => {
    expect(parseLink("?a=videos/1a")).toBeUndefined();
    expect(parseLink("?a=videos/1a&b=http://elsewhere")).toBeUndefined();
    expect(parseLink("")).toBeUndefined();
  });

  it("leaves out what makes no sense", () => {
    expect(parseLink("?a=videos/1&b=videos/2&threshold=9&t=-4&alignment=upside&metric=&offset=x")).toEqual({
      ...DEFAULTS,
      a: "videos/1",
      b: "videos/2",
      threshold: 0.5,
    });
  });
});
