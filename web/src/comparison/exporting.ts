/** Saves a comparison as a file. */
import { compare, comparisons } from "../api/clients";
import { ExportFormat } from "../gen/sage/compare/v1/compare_pb";
import { ListComparisonsRequest_Order as Order } from "../gen/sage/compare/v1/saved_comparison_pb";
import type { ComparisonRequest, Starts } from "../domain/link";
import { exportName } from "../domain/fileNames";
import { toOptions } from "../domain/options";
import { texts, type Texts } from "../texts";
import { saveFile } from "../ui/saving";

type Words = Texts["comparison"]["exports"];

export type ExportName = keyof Words["kinds"];

interface ExportGroup {
  readonly name: keyof Words["groups"];
  readonly kinds: readonly ExportName[];
}

/** All formats, by whom they are for; what they are called, texts know. */
export const EXPORT_GROUPS: readonly ExportGroup[] = [
  { name: "people", kinds: ["HTML", "CHANGE_NOTES", "CHANGE_LIST_XLSX"] },
  {
    name: "programs",
    kinds: [
      "CHANGE_EDL_PICTURE",
      "CHANGE_EDL_SOUND",
      "FCP7_XML",
      "FCPXML",
      "AAF",
      "OTIO",
      "EDL",
      "MARKERS_PREMIERE",
      "MARKERS_AVID",
      "MARKERS_PRO_TOOLS",
    ],
  },
  { name: "scripts", kinds: ["JSON", "CSV", "CHANGE_LIST_CSV", "CHANGE_NOTES_CSV"] },
];

export interface ExportContext {
  readonly request: ComparisonRequest;
  readonly threshold: number;
  readonly nameA: string;
  readonly nameB: string;
  /** The kept comparison whose notes and marks go along; empty means the one that was changed last. */
  readonly saved: string;
  /** The time codes of the first frames; empty ones are zero. */
  readonly starts: Starts;
}

const TIMEOUT_MS = 5 * 60_000;
/** Differences that are shown with pictures, in formats with room for them. */
const THUMBNAILS = 30;

/** Asks for the file and hands it to the browser to be saved. */
export async function saveExport(kind: ExportName, context: ExportContext): Promise<void> {
  const body = await exported(ExportFormat[kind], context);
  saveFile(fileName(body.contentType, context.nameA, context.nameB), body.data, body.contentType);
}

/** The report, as HTML. */
export async function fetchReport(context: ExportContext): Promise<string> {
  return new TextDecoder().decode((await exported(ExportFormat.HTML, context)).data);
}

async function exported(format: ExportFormat, context: ExportContext) {
  const { request, threshold, nameA, nameB, starts } = context;
  return compare.exportComparison(
    {
      a: request.a,
      b: request.b,
      options: toOptions(request, threshold),
      format,
      aDisplayName: nameA,
      bDisplayName: nameB,
      savedComparison: await keptOf(context),
      aStartTimecode: starts.a,
      bStartTimecode: starts.b,
      thumbnails: THUMBNAILS,
    },
    { timeoutMs: TIMEOUT_MS },
  );
}

/** The kept comparison of the two; empty when there is none. */
async function keptOf({ request: { a, b }, saved }: ExportContext): Promise<string> {
  const videos = a.startsWith("videos/") && b.startsWith("videos/");
  if (saved || !videos) return saved;
  const found = await comparisons.listComparisons({ a, b, order: Order.CHANGED, pageSize: 1 });
  return found.comparisons[0]?.name ?? "";
}

/** What the file is called: the versions as people name them, the rest as the server has it. */
export function fileName(contentType: string, nameA: string, nameB: string): string {
  const served = /name="([^"]+)"/.exec(contentType)?.[1] ?? "";
  const extension = /(\.[A-Za-z0-9-]+)+$/.exec(served.replace(/^.*-vs-/, ""))?.[0] ?? "";
  return `${texts().comparison.exports.fileName(exportName(nameA), exportName(nameB))}${extension}`;
}
