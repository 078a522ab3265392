/** Carries a file of subtitles, markers or the like over to the other version. */
import { Code } from "@connectrpc/connect";
import { compare } from "../api/clients";
import { ownError } from "../api/errors";
import { CarryFate, type CarriedItem, type CarryOverResponse } from "../gen/sage/compare/v1/carry_over_pb";
import { Side as ProtoSide } from "../gen/sage/compare/v1/time_map_pb";
import type { Side } from "../domain/model";
import { Modality } from "../gen/sage/embed/v1/embed_pb";
import type { Carried } from "../timeline/laidOver";
import type { ComparisonRequest } from "../domain/link";
import { toOptions } from "../domain/options";
import { texts, type Texts } from "../texts";

/** Seconds; without an end it is a moment. */
export interface Span {
  readonly start: number;
  readonly end: number | undefined;
}

export interface CarriedRow {
  readonly fate: CarryFate;
  readonly location: string;
  readonly text: string;
  readonly from: Span;
  readonly to: readonly Span[];
  readonly remark: string;
}

export interface CarryReport {
  readonly fileName: string;
  readonly content: Uint8Array;
  /** How many met which fate, and whether the sound was followed or the picture. */
  readonly totals: readonly { readonly fate: CarryFate; readonly count: number }[];
  readonly bySound: boolean;
  /** Everything in it, in the order of the file. */
  readonly all: readonly CarriedRow[];
  /** What is not simply kept. */
  readonly rows: readonly CarriedRow[];
  readonly notes: readonly string[];
}

/** The contract's limit for a file. */
export const MOST_BYTES = 8 * 1024 * 1024;
const FATES: Record<CarryFate, keyof Texts["comparison"]["carrying"]["fates"] | undefined> = {
  [CarryFate.UNSPECIFIED]: undefined,
  [CarryFate.KEPT]: "KEPT",
  [CarryFate.MOVED]: "MOVED",
  [CarryFate.TRIMMED]: "TRIMMED",
  [CarryFate.SPLIT]: "SPLIT",
  [CarryFate.LOST]: "LOST",
  [CarryFate.TO_CHECK]: "TO_CHECK",
};
const TIMEOUT_MS = 5 * 60_000;

/** Throws ConnectError; a file over the limit is not sent. */
export async function carryFile(
  file: File,
  madeFor: Side,
  request: ComparisonRequest,
): Promise<CarryReport> {
  if (file.size > MOST_BYTES) {
    throw ownError("FILE_OVER_LIMIT", texts().comparison.carrying.tooLarge(file.name), Code.InvalidArgument);
  }
  const answer = await compare.carryOverFile(
    {
      spec: {
        a: request.a,
        b: request.b,
        options: toOptions(request),
        fileName: file.name,
        madeFor: madeFor === "a" ? ProtoSide.A : ProtoSide.B,
      },
      content: new Uint8Array(await file.arrayBuffer()),
    },
    { timeoutMs: TIMEOUT_MS },
  );
  return toReport(answer);
}

export function toReport(answer: CarryOverResponse): CarryReport {
  const rows = answer.items.map(toRow);
  return {
    fileName: answer.fileName,
    content: answer.content,
    totals: answer.totals.map(({ fate, count }) => ({ fate, count })),
    bySound: answer.modality === Modality.AUDIO,
    all: rows,
    rows: rows.filter((row) => row.fate !== CarryFate.KEPT || row.remark !== ""),
    notes: answer.notes,
  };
}

export function fateInWords(fate: CarryFate): string {
  const name = FATES[fate];
  return name ? texts().comparison.carrying.fates[name] : "";
}

/** All in a sentence: `26 kept, 3 trimmed, by the sound.` */
export function reportInWords({ totals, bySound }: Pick<CarryReport, "totals" | "bySound">): string {
  const t = texts().comparison.carrying;
  const counts = totals.map(({ fate, count }) => t.fateCount(count, fateInWords(fate))).join(", ") || t.nothing;
  return bySound ? t.bySound(counts) : t.byPicture(counts);
}

/** Everything of a file, to be laid over the timeline. */
export interface LaidFile {
  readonly name: string;
  readonly madeFor: Side;
  readonly items: readonly Carried[];
}

export function laidFile(name: string, madeFor: Side, { all }: CarryReport): LaidFile {
  return {
    name,
    madeFor,
    items: all.map(({ text, location, fate, from, to }) => ({
      text: text || location,
      fate: fate === CarryFate.LOST ? "lost" : fate === CarryFate.TO_CHECK ? "doubtful" : "carried",
      from,
      to,
    })),
  };
}

function toRow(item: CarriedItem): CarriedRow {
  return {
    fate: item.fate,
    location: item.location,
    text: item.text.split(/\s+/).join(" ").trim(),
    from: { start: item.start, end: item.end },
    to: item.places.map(({ start, end }) => ({ start, end })),
    remark: item.remark,
  };
}
