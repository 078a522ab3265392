/** Saves a comparison as a file. */
import { compare } from "../api/clients";
import { ExportFormat } from "../gen/sage/compare/v1/compare_pb";
import type { ComparisonRequest } from "./link";
import { toOptions } from "./options";
import { saveFile } from "./saving";

export interface ExportKind {
  readonly format: ExportFormat;
  readonly label: string;
  readonly hint: string;
  readonly extension: string;
}

export const EXPORT_KINDS: readonly ExportKind[] = [
  { format: ExportFormat.JSON, label: "JSON", hint: "Everything, for programs", extension: "json" },
  { format: ExportFormat.CSV, label: "CSV", hint: "One line a region, for spreadsheets", extension: "csv" },
  { format: ExportFormat.EDL, label: "EDL", hint: "CMX 3600 list of the differences in B", extension: "edl" },
  { format: ExportFormat.OTIO, label: "OpenTimelineIO", hint: "Both versions as tracks, with markers", extension: "otio" },
  { format: ExportFormat.HTML, label: "Report", hint: "A page to print or to send", extension: "html" },
];

export interface ExportContext {
  readonly request: ComparisonRequest;
  readonly threshold: number;
  readonly nameA: string;
  readonly nameB: string;
  readonly frameRate: number;
}

const TIMEOUT_MS = 5 * 60_000;

/** Asks for the file and hands it to the browser to be saved. */
export async function saveExport(kind: ExportKind, context: ExportContext): Promise<void> {
  const { request, threshold, nameA, nameB, frameRate } = context;
  const body = await compare.exportComparison(
    {
      a: request.a,
      b: request.b,
      options: toOptions(request, threshold),
      format: kind.format,
      aDisplayName: nameA,
      bDisplayName: nameB,
      frameRate,
    },
    { timeoutMs: TIMEOUT_MS },
  );
  saveFile(`${exportName(nameA)} vs ${exportName(nameB)}.${kind.extension}`, body.data, body.contentType);
}

/** A video's name without its extension and without what file systems refuse. */
export function exportName(displayName: string): string {
  return displayName.replace(/\.[^.]{1,5}$/, "").replace(/[\\/:*?"<>|]+/g, "_") || "video";
}
