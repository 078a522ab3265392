/** What differs in the files themselves, as the page shows it. */
import {
  SubtitleDifference_Kind as Kind,
  TechnicalGroup,
  TechnicalSeverity,
  type SubtitleDifference,
  type TechnicalDifferences,
  type TechnicalRow,
} from "../gen/sage/compare/v1/technical_pb";

export const GROUP_WORDS: Record<TechnicalGroup, string> = {
  [TechnicalGroup.UNSPECIFIED]: "",
  [TechnicalGroup.FILE]: "File",
  [TechnicalGroup.PICTURE]: "Picture",
  [TechnicalGroup.COLOUR]: "Colour",
  [TechnicalGroup.SOUND]: "Sound",
  [TechnicalGroup.SUBTITLES]: "Subtitles",
};

export const SEVERITY_WORDS: Record<TechnicalSeverity, string> = {
  [TechnicalSeverity.UNSPECIFIED]: "same",
  [TechnicalSeverity.INFO]: "info",
  [TechnicalSeverity.NOTICE]: "notice",
  [TechnicalSeverity.IMPORTANT]: "important",
};

export const TEXT_WORDS: Record<Kind, string> = {
  [Kind.UNSPECIFIED]: "",
  [Kind.CHANGED]: "Other words",
  [Kind.SHIFTED]: "Another time",
  [Kind.ONLY_IN_A]: "Only in A",
  [Kind.ONLY_IN_B]: "Only in B",
};

export interface TechnicalTable {
  /** The gravest first. */
  readonly differing: readonly TechnicalRow[];
  readonly same: readonly TechnicalRow[];
  readonly texts: readonly SubtitleDifference[];
  /** Texts that differ beside those. */
  readonly moreTexts: number;
  readonly notes: readonly string[];
}

export function toTable(found: TechnicalDifferences): TechnicalTable {
  const differing = found.rows.filter((row) => !row.same);
  return {
    differing: differing.sort((x, y) => y.severity - x.severity),
    same: found.rows.filter((row) => row.same),
    texts: found.subtitleDifferences,
    moreTexts: found.subtitleDifferenceCount - found.subtitleDifferences.length,
    notes: found.notes,
  };
}

/** `Sound, Track 2 (deu): Codec` without its property. */
export function placeOf(row: TechnicalRow): string {
  return row.track ? `${GROUP_WORDS[row.group]}, ${row.track}` : GROUP_WORDS[row.group];
}

/** What it comes to, in a line. */
export function verdictOf(table: TechnicalTable): string {
  const { differing, same } = table;
  if (differing.length === 0) return "The files do not differ in any property.";
  const important = differing.filter(({ severity }) => severity === TechnicalSeverity.IMPORTANT).length;
  return `${differing.length} of ${differing.length + same.length} properties differ, ${important} of them important.`;
}
