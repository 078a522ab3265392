import { useSyncExternalStore } from "react";
import { onLanguage, spokenLanguage, texts, type Texts } from "./index";
import type { Language } from "./language";

/** What the page says; whoever asks is drawn again when another language is spoken. */
export function useTexts(): Texts {
  return useSyncExternalStore(onLanguage, texts, texts);
}

export function useLanguage(): Language {
  return useSyncExternalStore(onLanguage, spokenLanguage, spokenLanguage);
}
