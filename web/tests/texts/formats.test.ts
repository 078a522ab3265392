import { describe, expect, it } from "vitest";
import { formatsOf } from "../../src/texts/formats";

const en = formatsOf("en");
const de = formatsOf("de");

/** Intl separates by spaces that do not break. */
const plain = (text: string): string => text.replace(/\s/g, " ");

describe("numbers, lists and plurals", () => {
  it("are written as the language does", () => {
    expect([en.fixed(0.12, 3), de.fixed(0.12, 3)]).toEqual(["0.120", "0,120"]);
    expect([en.upTo(23.976, 3), de.upTo(25, 3)]).toEqual(["23.976", "25"]);
    expect([en.percent(90.94, 1), de.percent(90.94, 1)].map(plain)).toEqual(["90.9%", "90,9 %"]);
    expect([en.list(["a", "b", "c"]), de.list(["a", "b", "c"])]).toEqual(["a, b, and c", "a, b und c"]);
    expect([en.list(["a", "b"]), en.list(["a"]), en.list([])]).toEqual(["a and b", "a", ""]);
  });

  it("say one as one and anything else as many", () => {
    const forms = { one: "Schnitt", other: "Schnitte" };
    expect([0, 1, 2, 1234].map((count) => de.counted(count, forms))).toEqual(["0 Schnitte", "1 Schnitt", "2 Schnitte", "1.234 Schnitte"]);
    expect([0, 1, 1.5].map((count) => en.plural(count, forms))).toEqual(["Schnitte", "Schnitt", "Schnitte"]);
  });
});
