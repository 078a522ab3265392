/** Which videos the library shows, and in which order. */
import { durationMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { Upload, Video } from "../gen/sage/ingest/v1/ingest_pb";
import type { FileIdentity } from "../upload/resume";

export const LIBRARY_ORDERS = ["newest", "name", "longest", "largest"] as const;

export type LibraryOrder = (typeof LIBRARY_ORDERS)[number];

// `cut 2` before `cut 10`.
const BY_NAME = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

const COMPARE: Record<LibraryOrder, (x: Video, y: Video) => number> = {
  newest: (x, y) => created(y) - created(x),
  name: (x, y) => BY_NAME.compare(x.displayName, y.displayName),
  longest: (x, y) => length(y) - length(x),
  largest: (x, y) => Number(y.sizeBytes - x.sizeBytes),
};

/** The videos whose names have all words of `search`, in order. */
export function arrange(videos: readonly Video[], search: string, order: LibraryOrder): Video[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return videos
    .filter(({ displayName }) => words.every((word) => displayName.toLocaleLowerCase().includes(word)))
    .sort(COMPARE[order]);
}

/** The unfinished upload that a file is for: the newest one of its name and size. */
export function uploadFor(uploads: readonly Upload[], file: Pick<FileIdentity, "name" | "size">): Upload | undefined {
  return uploads.find((upload) => upload.displayName === file.name && upload.sizeBytes === BigInt(file.size));
}

function created({ createTime }: Video): number {
  return createTime ? timestampMs(createTime) : 0;
}

function length({ duration }: Video): number {
  return duration ? durationMs(duration) : 0;
}
