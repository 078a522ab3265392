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
}

export interface ExportGroup {
  readonly label: string;
  readonly kinds: readonly ExportKind[];
}

/** All formats, by whom they are for. */
export const EXPORT_GROUPS: readonly ExportGroup[] = [
  {
    label: "For people",
    kinds: [
      { format: ExportFormat.HTML, label: "Report", hint: "A page to print or to send" },
      { format: ExportFormat.CHANGE_NOTES, label: "Change notes", hint: "Step by step from A to B, as text" },
      { format: ExportFormat.CHANGE_LIST_XLSX, label: "Change list (Excel)", hint: "Added, omitted, trimmed, slipped, moved" },
    ],
  },
  {
    label: "For editing programs",
    kinds: [
      { format: ExportFormat.CHANGE_EDL_PICTURE, label: "Change EDL, picture", hint: "CMX 3600: conforms A's picture to B" },
      { format: ExportFormat.CHANGE_EDL_SOUND, label: "Change EDL, sound", hint: "CMX 3600: conforms A's sound to B" },
      { format: ExportFormat.FCP7_XML, label: "Premiere Pro, Resolve", hint: "Final Cut Pro 7 XML: A, B, and B made of A" },
      { format: ExportFormat.FCPXML, label: "Final Cut Pro", hint: "FCPXML: A, B, and B made of A" },
      { format: ExportFormat.AAF, label: "Media Composer, Pro Tools", hint: "AAF: B made of A" },
      { format: ExportFormat.OTIO, label: "OpenTimelineIO", hint: "The pieces of both as tracks, with markers" },
      { format: ExportFormat.EDL, label: "Markers for Resolve", hint: "An EDL of markers on B" },
      { format: ExportFormat.MARKERS_PREMIERE, label: "Markers for Premiere Pro", hint: "A table, as Premiere Pro exports it" },
      { format: ExportFormat.MARKERS_AVID, label: "Markers for Media Composer", hint: "Text, for the Markers window" },
      { format: ExportFormat.MARKERS_PRO_TOOLS, label: "Markers for Pro Tools", hint: "Session text" },
    ],
  },
  {
    label: "For scripts",
    kinds: [
      { format: ExportFormat.JSON, label: "JSON", hint: "Everything" },
      { format: ExportFormat.CSV, label: "Regions (CSV)", hint: "One line a region" },
      { format: ExportFormat.CHANGE_LIST_CSV, label: "Change list (CSV)", hint: "As for Excel, as plain text" },
      { format: ExportFormat.CHANGE_NOTES_CSV, label: "Change notes (CSV)", hint: "One line a step" },
    ],
  },
];

export interface ExportContext {
  readonly request: ComparisonRequest;
  readonly threshold: number;
  readonly nameA: string;
  readonly nameB: string;
}

const TIMEOUT_MS = 5 * 60_000;

/** Asks for the file and hands it to the browser to be saved. */
export async function saveExport(kind: ExportKind, context: ExportContext): Promise<void> {
  const { request, threshold, nameA, nameB } = context;
  const body = await compare.exportComparison(
    {
      a: request.a,
      b: request.b,
      options: toOptions(request, threshold),
      format: kind.format,
      aDisplayName: nameA,
      bDisplayName: nameB,
    },
    { timeoutMs: TIMEOUT_MS },
  );
  saveFile(fileName(body.contentType, nameA, nameB), body.data, body.contentType);
}

/** What the file is called: the versions as people name them, the rest as the server has it. */
export function fileName(contentType: string, nameA: string, nameB: string): string {
  const served = /name="([^"]+)"/.exec(contentType)?.[1] ?? "";
  const extension = /(\.[A-Za-z0-9-]+)+$/.exec(served.replace(/^.*-vs-/, ""))?.[0] ?? "";
  return `${exportName(nameA)} vs ${exportName(nameB)}${extension}`;
}

/** A video's name without its extension and without what file systems refuse. */
export function exportName(displayName: string): string {
  return displayName.replace(/\.[^.]{1,5}$/, "").replace(/[\\/:*?"<>|]+/g, "_") || "video";
}
