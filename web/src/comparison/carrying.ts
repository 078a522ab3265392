/** Carries a file of subtitles, markers or the like over to the other version. */
import { Code, ConnectError } from "@connectrpc/connect";
import { compare } from "../api/clients";
import { CarryFate, type CarriedItem, type CarryOverResponse } from "../gen/sage/compare/v1/carry_over_pb";
import { Side } from "../gen/sage/compare/v1/time_map_pb";
import { Modality } from "../gen/sage/embed/v1/embed_pb";
import type { ComparisonRequest } from "./link";
import { toOptions } from "./options";

export type VersionSide = "a" | "b";

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
  /** All in a sentence: `26 kept, 3 trimmed, by the sound.` */
  readonly sentence: string;
  /** What is not simply kept. */
  readonly rows: readonly CarriedRow[];
  readonly notes: readonly string[];
}

/** The contract's limit for a file. */
export const MOST_BYTES = 8 * 1024 * 1024;
export const FATE_WORDS: Record<CarryFate, string> = {
  [CarryFate.UNSPECIFIED]: "",
  [CarryFate.KEPT]: "Kept",
  [CarryFate.MOVED]: "Moved",
  [CarryFate.TRIMMED]: "Trimmed",
  [CarryFate.SPLIT]: "Split",
  [CarryFate.LOST]: "Lost",
  [CarryFate.TO_CHECK]: "To check",
};
const TIMEOUT_MS = 5 * 60_000;

/** Throws ConnectError; a file over the limit is not sent. */
export async function carryFile(
  file: File,
  madeFor: VersionSide,
  request: ComparisonRequest,
): Promise<CarryReport> {
  if (file.size > MOST_BYTES) {
    throw new ConnectError(`${file.name} is larger than 8 MiB.`, Code.InvalidArgument);
  }
  const answer = await compare.carryOverFile(
    {
      spec: {
        a: request.a,
        b: request.b,
        options: toOptions(request),
        fileName: file.name,
        madeFor: madeFor === "a" ? Side.A : Side.B,
      },
      content: new Uint8Array(await file.arrayBuffer()),
    },
    { timeoutMs: TIMEOUT_MS },
  );
  return toReport(answer);
}

export function toReport(answer: CarryOverResponse): CarryReport {
  const counts = answer.totals.map(({ fate, count }) => `${count} ${FATE_WORDS[fate].toLowerCase()}`);
  const followed = answer.modality === Modality.AUDIO ? "sound" : "picture";
  const rows = answer.items.map(toRow);
  return {
    fileName: answer.fileName,
    content: answer.content,
    sentence: `${counts.join(", ") || "Nothing in it"}, by the ${followed}.`,
    rows: rows.filter((row) => row.fate !== CarryFate.KEPT || row.remark !== ""),
    notes: answer.notes,
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
