/** Which language this browser is spoken to in: what was chosen here, or else what it asks for. */
import { onLanguage, speak, spokenLanguage } from "./index";
import { isLanguage, languageFor, type Language } from "./language";

const STORAGE_KEY = "sage.language";

/** To be awaited before anything is shown. Without its catalogue the page comes in English. */
export async function openLanguage(): Promise<void> {
  const tell = (): void => {
    document.documentElement.lang = spokenLanguage();
  };
  onLanguage(tell);
  // Other tabs take over what is chosen in one.
  window.addEventListener("storage", ({ key }) => {
    if (key === STORAGE_KEY) void speakAsChosen();
  });
  await speakAsChosen();
  tell();
}

/** Speaks another language, from now on and whenever the page is opened again. */
export async function chooseLanguage(language: Language): Promise<void> {
  window.localStorage.setItem(STORAGE_KEY, language);
  await speakAsChosen();
}

/** A catalogue that does not come leaves the language that is spoken: the next opening tries again. */
async function speakAsChosen(): Promise<void> {
  const kept = window.localStorage.getItem(STORAGE_KEY);
  await speak(isLanguage(kept) ? kept : languageFor(navigator.languages)).catch(() => undefined);
}
