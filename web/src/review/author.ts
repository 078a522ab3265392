/** What the person at this browser goes by: remembered for the next note. */

const KEY = "sage.author";

/** Private windows may keep nothing: then it is asked for again. */
export function rememberedAuthor(storage: Storage = window.localStorage): string {
  try {
    return storage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

export function rememberAuthor(name: string, storage: Storage = window.localStorage): void {
  try {
    storage.setItem(KEY, name);
  } catch {
    // What cannot be kept is asked for again.
  }
}
