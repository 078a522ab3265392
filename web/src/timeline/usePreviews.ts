/** What has arrived of previews that are wanted. */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import type { PreviewCache } from "./previewCache";

/** While the view moves, nothing is fetched that is gone in a moment. */
const AFTER_MS = 250;

export function usePreviews<R, V>(cache: PreviewCache<R, V>, requests: readonly R[]): V[] {
  const version = useSyncExternalStore(cache.subscribe, cache.snapshot);
  useEffect(() => {
    const timer = setTimeout(() => cache.want(requests), AFTER_MS);
    return () => clearTimeout(timer);
  }, [cache, requests]);
  return useMemo(
    () => (version < 0 ? [] : requests.flatMap((request) => cache.get(request) ?? [])),
    [cache, version, requests],
  );
}
