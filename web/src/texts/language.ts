/** The languages of the page, and which of them a person reads. No React and no browser here. */

/** Each by its own name. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

/** What is spoken to those who read none of them. */
export const DEFAULT_LANGUAGE: Language = "en";

/** What services speak, whatever the page does. */
export const SERVICE_LANGUAGE: Language = "en";

export function isLanguage(value: unknown): value is Language {
  return typeof value === "string" && Object.hasOwn(LANGUAGES, value);
}

/** The first of the wanted tags, such as `de-AT`, that is of a language of the page. */
export function languageFor(wanted: readonly string[]): Language {
  return wanted.map(primary).find(isLanguage) ?? DEFAULT_LANGUAGE;
}

/** How a language is written where the reader is: `en-GB` for English, where the browser has it. */
export function regionalTag(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => primary(tag) === language) ?? language;
}

function primary(tag: string): string {
  return tag.toLowerCase().split("-")[0] ?? "";
}
