/** What differs in the files themselves, as the page shows it. */
import {
  SubtitleDifference_Kind as Kind,
  TechnicalGroup,
  TechnicalSeverity,
  type SubtitleDifference,
  type TechnicalDifferences,
  type TechnicalRow,
} from "../gen/sage/compare/v1/technical_pb";
import { texts, type Texts } from "../texts";

type Words = Texts["comparison"]["technical"];

const GROUPS: Record<TechnicalGroup, keyof Words["groups"] | undefined> = {
  [TechnicalGroup.UNSPECIFIED]: undefined,
  [TechnicalGroup.FILE]: "FILE",
  [TechnicalGroup.PICTURE]: "PICTURE",
  [TechnicalGroup.COLOUR]: "COLOUR",
  [TechnicalGroup.SOUND]: "SOUND",
  [TechnicalGroup.SUBTITLES]: "SUBTITLES",
};

const SEVERITIES: Record<TechnicalSeverity, keyof Words["severities"]> = {
  [TechnicalSeverity.UNSPECIFIED]: "UNSPECIFIED",
  [TechnicalSeverity.INFO]: "INFO",
  [TechnicalSeverity.NOTICE]: "NOTICE",
  [TechnicalSeverity.IMPORTANT]: "IMPORTANT",
};

const TEXT_KINDS: Record<Kind, keyof Words["textKinds"] | undefined> = {
  [Kind.UNSPECIFIED]: undefined,
  [Kind.CHANGED]: "CHANGED",
  [Kind.SHIFTED]: "SHIFTED",
  [Kind.ONLY_IN_A]: "ONLY_IN_A",
  [Kind.ONLY_IN_B]: "ONLY_IN_B",
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
export function placeOf({ group, track }: TechnicalRow): string {
  const name = GROUPS[group];
  const word = name ? texts().comparison.technical.groups[name] : "";
  return track ? `${word}, ${track}` : word;
}

export function severityOf(severity: TechnicalSeverity): string {
  return texts().comparison.technical.severities[SEVERITIES[severity]];
}

/** How two texts of subtitles differ. */
export function textKindOf(kind: Kind): string {
  const name = TEXT_KINDS[kind];
  return name ? texts().comparison.technical.textKinds[name] : "";
}

/** What it comes to, in a line. */
export function verdictOf({ differing, same }: TechnicalTable): string {
  const t = texts().comparison.technical;
  if (differing.length === 0) return t.noDifference;
  const important = differing.filter(({ severity }) => severity === TechnicalSeverity.IMPORTANT).length;
  return t.verdict(differing.length, differing.length + same.length, important);
}
