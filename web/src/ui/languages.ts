/** The choice of a language, as items of a menu. */
import { chooseLanguage } from "../texts/choice";
import { LANGUAGES, isLanguage } from "../texts/language";
import { useLanguage, useTexts } from "../texts/useTexts";
import type { MenuItem } from "./Menu";

/** Each by its own name, so that everybody finds theirs. */
export function useLanguageItems(): readonly MenuItem[] {
  const { language: group } = useTexts().app;
  const spoken = useLanguage();
  return Object.keys(LANGUAGES)
    .filter(isLanguage)
    .map((language) => ({
      group,
      label: LANGUAGES[language],
      lang: language,
      chosen: language === spoken,
      onSelect: () => void chooseLanguage(language),
    }));
}
