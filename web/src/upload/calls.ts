/** The uploader's calls over the real transport. */
import { createClient } from "@connectrpc/connect";
import { ingest } from "../api/clients";
import { transportThrough } from "../api/transport";
import { IngestService } from "../gen/sage/ingest/v1/ingest_pb";
import { progressFetch } from "./progressFetch";
import { readPart } from "./readPart";
import type { UploadCalls } from "./uploader";

/** A part of 10 MiB within this time needs 35 kB/s. */
const PART_TIMEOUT_MS = 5 * 60_000;

export const uploadCalls: UploadCalls = {
  createUpload: ingest.createUpload,
  getUpload: ingest.getUpload,
  completeUpload: ingest.completeUpload,
  abortUpload: ingest.abortUpload,
  getVideo: ingest.getVideo,
  readPart,
  async sendPart(upload, partNumber, data, crc, { signal, onSent }) {
    const client = createClient(IngestService, transportThrough(progressFetch(onSent)));
    await client.uploadPart(
      { upload, partNumber, data, crc32c: crc },
      { signal, timeoutMs: PART_TIMEOUT_MS },
    );
  },
};
