// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { speak, spokenLanguage, texts } from "../../src/texts";
import { chooseLanguage, openLanguage } from "../../src/texts/choice";
import { de } from "../../src/texts/de";
import { en } from "../../src/texts/en";
import { isLanguage, languageFor, regionalTag } from "../../src/texts/language";

describe("the language of a reader", () => {
  it.each([
    [["de-AT", "en"], "de"],
    [["en-GB", "de"], "en"],
    [["fr", "DE"], "de"],
    [["fr"], "en"],
    [[], "en"],
  ])("who wants %j is %s", (wanted, language) => expect(languageFor(wanted)).toBe(language));

  it("is one that the page has", () => {
    expect(["en", "de", "fr", "toString", null, 3].map(isLanguage)).toEqual([true, true, false, false, false, false]);
  });

  it("is written as it is where they are", () => {
    expect(regionalTag("en", ["de-CH", "en-GB", "en"])).toBe("en-GB");
    expect(regionalTag("de", ["en-GB"])).toBe("de");
  });
});

describe("the language that is spoken", () => {
  beforeEach(() => window.localStorage.clear());
  afterEach(async () => {
    vi.restoreAllMocks();
    await speak("en");
  });
  const wants = (...languages: string[]): void => {
    vi.spyOn(window.navigator, "languages", "get").mockReturnValue(languages);
  };

  it("is the browser's at first", async () => {
    wants("de-DE", "en");
    await openLanguage();
    expect([spokenLanguage(), texts()]).toEqual(["de", de]);
    expect(document.documentElement.lang).toBe("de");
  });

  it("is what was chosen, from then on", async () => {
    wants("de-DE");
    await openLanguage();
    await chooseLanguage("en");
    expect([spokenLanguage(), texts(), document.documentElement.lang]).toEqual(["en", en, "en"]);
    await speak("de");
    await openLanguage();
    expect(spokenLanguage()).toBe("en");
  });

  it("is the one that was asked for last, whichever catalogue comes first", async () => {
    await Promise.all([speak("de"), speak("en")]);
    expect(spokenLanguage()).toBe("en");
  });

  it("is chosen in one tab for all", async () => {
    wants("en");
    await openLanguage();
    window.localStorage.setItem("sage.language", "de");
    window.dispatchEvent(new StorageEvent("storage", { key: "sage.language" }));
    await vi.waitFor(() => expect(spokenLanguage()).toBe("de"));
  });

  it("is not what nobody speaks", async () => {
    wants("en");
    window.localStorage.setItem("sage.language", "klingon");
    await openLanguage();
    expect(spokenLanguage()).toBe("en");
  });
});
