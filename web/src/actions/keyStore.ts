/** The keys as this person has them, for the whole tab; other tabs take them over. */
import { useSyncExternalStore } from "react";
import { ALL_ACTIONS } from "./actions";
import { keysOf, parseChanges, type KeyChanges, type Keys } from "./bindings";

const STORAGE_KEY = "sage.keys";

type KeyStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface KeySettings {
  readonly changes: KeyChanges;
  readonly keys: Keys;
}

export class KeyStore {
  #settings: KeySettings;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly storage: KeyStorage) {
    this.#settings = settingsOf(parseChanges(storage.getItem(STORAGE_KEY)));
  }

  readonly snapshot = (): KeySettings => this.#settings;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  change(changes: KeyChanges): void {
    if (Object.keys(changes).length === 0) this.storage.removeItem(STORAGE_KEY);
    else this.storage.setItem(STORAGE_KEY, JSON.stringify(changes));
    this.#take(changes);
  }

  /** Reads what another tab has written. */
  readAgain(): void {
    this.#take(parseChanges(this.storage.getItem(STORAGE_KEY)));
  }

  #take(changes: KeyChanges): void {
    this.#settings = settingsOf(changes);
    this.#listeners.forEach((listener) => listener());
  }
}

function settingsOf(changes: KeyChanges): KeySettings {
  return { changes, keys: keysOf(ALL_ACTIONS, changes) };
}

export const keyStore = new KeyStore(window.localStorage);
window.addEventListener("storage", ({ key }) => {
  if (key === STORAGE_KEY) keyStore.readAgain();
});

export function useKeySettings(): KeySettings {
  return useSyncExternalStore(keyStore.subscribe, keyStore.snapshot);
}
