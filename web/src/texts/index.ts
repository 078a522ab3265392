/**
 * What the page says, in the language that is spoken. Plain modules ask `texts()` whenever they say
 * something and keep no answer; components ask `useTexts()`, which draws them again in another language.
 */
import { en, type Texts } from "./en";
import { DEFAULT_LANGUAGE, type Language } from "./language";

export type { Texts };

/** English comes with the page; any other language only to those who read it. */
const CATALOGUES: Record<Language, () => Promise<Texts>> = {
  en: () => Promise.resolve(en),
  de: () => import("./de").then(({ de }) => de),
};

let spoken: { readonly language: Language; readonly texts: Texts } = { language: DEFAULT_LANGUAGE, texts: en };
let wanted: Language = DEFAULT_LANGUAGE;
const listeners = new Set<() => void>();

export function texts(): Texts {
  return spoken.texts;
}

export function spokenLanguage(): Language {
  return spoken.language;
}

/** Has another language spoken, once its catalogue is there. Whoever asks last is heard. */
export async function speak(language: Language): Promise<void> {
  wanted = language;
  const catalogue = await CATALOGUES[language]();
  if (wanted !== language || spoken.language === language) return;
  spoken = { language, texts: catalogue };
  listeners.forEach((listener) => listener());
}

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
