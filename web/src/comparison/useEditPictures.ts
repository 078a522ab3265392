/** The picture of each edit on both sides, fetched as the edits come into sight. */
import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useStripCache, type Filmstrip } from "../timeline/useFilmstrip";
import { picturePlaces, type Videos } from "./editPictures";
import type { Edit } from "../domain/edits";

/** A picture within a strip. */
export interface EditPicture {
  readonly strip: Filmstrip;
  readonly index: number;
}

export type EditPictures = (edit: Edit, side: "a" | "b") => EditPicture | undefined;

/** While the threshold or the list moves, nothing is fetched that is gone in a moment. */
const AFTER_MS = 350;

export function useEditPictures({ a, b }: Videos, edits: readonly Edit[], inSight: readonly Edit[]): EditPictures {
  const cache = useStripCache();
  useSyncExternalStore(cache.subscribe, cache.snapshot);
  const places = useMemo(
    () => ({ a: picturePlaces(edits, { a, b }, "a"), b: picturePlaces(edits, { a, b }, "b") }),
    [edits, a, b],
  );
  useEffect(() => {
    const timer = setTimeout(() => {
      const requests = inSight.flatMap(({ key }) => [places.a.get(key), places.b.get(key)]);
      cache.want([...new Set(requests.flatMap((place) => (place ? [place.request] : [])))]);
    }, AFTER_MS);
    return () => clearTimeout(timer);
  }, [cache, places, inSight]);
  return ({ key }, side) => {
    const place = places[side].get(key);
    const strip = place && cache.get(place.request);
    return place && strip ? { strip, index: place.index } : undefined;
  };
}
