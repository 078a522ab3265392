/** Which edits a list shows, by what they are and by what they touch. */
import type { Texts } from "../texts";
import { whereOf, type Edit } from "./edits";
import { regionLength, type Kind, type Modality, type Reason } from "./model";

/** An empty list of either asks for nothing in particular. */
export interface EditFilter {
  readonly kinds: readonly Kind[];
  readonly modalities: readonly Modality[];
  readonly reasons: readonly Reason[];
  /** How long an edit is at least, in seconds. */
  readonly atLeast: number;
  /** Words that all have to be said of an edit, or parts of its timecodes. */
  readonly text: string;
}

export const NO_FILTER: EditFilter = { kinds: [], modalities: [], reasons: [], atLeast: 0, text: "" };
export const LENGTHS = [0, 0.5, 1, 5, 30] as const;

/** How an edit is told: in which words, and with which times of each version. */
export interface Telling {
  readonly words: Texts["domain"];
  readonly a: (seconds: number) => string;
  readonly b: (seconds: number) => string;
}

export function passes(filter: EditFilter, edit: Edit, telling: Telling): boolean {
  const { kinds, modalities, reasons, atLeast, text } = filter;
  const { kind, regions, lead } = edit;
  return (
    (kinds.length === 0 || kinds.includes(kind)) &&
    (modalities.length === 0 || regions.some(({ modality }) => modalities.includes(modality))) &&
    (reasons.length === 0 || regions.some(({ reason }) => reason !== undefined && reasons.includes(reason))) &&
    regionLength(lead) >= atLeast &&
    says(edit, text, telling)
  );
}

/** Whether every word of a search is in what the list says of an edit. */
function says(edit: Edit, text: string, telling: Telling): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const { lead } = edit;
  const times = [
    ...[lead.aStart, lead.aEnd].map((time) => telling.a(time)),
    ...[lead.bStart, lead.bEnd].map((time) => telling.b(time)),
  ];
  const said = [telling.words.kinds[edit.kind].word, whereOf(edit, telling.words), ...times].join(" ").toLowerCase();
  return words.every((word) => said.includes(word));
}

/** The list without the value, or with it. */
export function toggled<T>(list: readonly T[], value: T): T[] {
  return list.includes(value) ? list.filter((other) => other !== value) : [...list, value];
}
