/** Uploads that lack bytes and that nobody here is sending: their files have to be chosen again. */
import { useCallback, useEffect, useState } from "react";
import { ingest } from "../api/clients";
import { Upload_State, type Upload } from "../gen/sage/ingest/v1/ingest_pb";

export interface PendingUploads {
  readonly uploads: readonly Upload[];
  readonly giveUp: (upload: Upload) => Promise<void>;
  /** Leaves out one whose file has been chosen. */
  readonly taken: (upload: Upload) => void;
}

/** Reads them once for each workspace: what is begun here later is no remainder. */
export function usePendingUploads(workspace: string): PendingUploads {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    ingest.listUploads({ states: [Upload_State.ACTIVE] }, { signal: abort.signal }).then(
      (answer) => setUploads(answer.uploads),
      // They are a help, no more; the list of videos tells what is wrong.
      () => undefined,
    );
    return () => abort.abort();
  }, [workspace]);
  const taken = useCallback((upload: Upload): void => {
    setUploads((before) => before.filter(({ name }) => name !== upload.name));
  }, []);
  return {
    uploads,
    taken,
    giveUp: async (upload) => {
      await ingest.abortUpload({ name: upload.name });
      taken(upload);
    },
  };
}
