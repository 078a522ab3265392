/** Which edits a list shows, by what they are and by what they touch. */
import type { Edit } from "./edits";
import type { Kind, Modality } from "./model";

/** An empty list of either asks for nothing in particular. */
export interface EditFilter {
  readonly kinds: readonly Kind[];
  readonly modalities: readonly Modality[];
}

export const NO_FILTER: EditFilter = { kinds: [], modalities: [] };

export function passes(filter: EditFilter, { kind, regions }: Edit): boolean {
  const { kinds, modalities } = filter;
  return (
    (kinds.length === 0 || kinds.includes(kind)) &&
    (modalities.length === 0 || regions.some(({ modality }) => modalities.includes(modality)))
  );
}

/** The list without the value, or with it. */
export function toggled<T>(list: readonly T[], value: T): T[] {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}
