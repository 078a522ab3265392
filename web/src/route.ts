/** Where the page is: its query string, as a store. */
import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const tell = (): void => listeners.forEach((listener) => listener());

window.addEventListener("popstate", tell);

/** Goes somewhere else; the back button comes back. */
export function navigate(query: string): void {
  window.history.pushState(null, "", address(query));
  tell();
}

/** Corrects the address of where we are. Tells nobody: what is shown is already right. */
export function replaceQuery(query: string): void {
  if (window.location.search !== query) window.history.replaceState(null, "", address(query));
}

/** What a shared link carries behind `#` stays where it is. */
function address(query: string): string {
  return `${query || window.location.pathname}${window.location.hash}`;
}

export function useQuery(): string {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => window.location.search,
  );
}
