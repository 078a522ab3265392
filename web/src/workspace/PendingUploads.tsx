import { useId, useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import { fileSize } from "../time/timecode";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { uploadFor } from "./library";
import { resumeBook, takeFiles } from "./slots";
import { usePendingUploads } from "./usePendingUploads";
import { useTexts } from "../texts/useTexts";
import { texts } from "../texts";

/** What an earlier visit began and did not finish. Nothing as long as there is nothing. */
export function PendingUploads({ workspace }: { readonly workspace: string }) {
  const t = useTexts().workspace.pending;
  const { uploads, taken, giveUp } = usePendingUploads(workspace);
  const [problem, setProblem] = useState<Problem>();
  const id = useId();
  if (uploads.length === 0) return null;

  const choose = (files: readonly File[]): void => {
    const matched = files.flatMap((file) => {
      const upload = uploadFor(uploads, file);
      return upload ? [{ file, upload }] : [];
    });
    const strangers = files.filter((file) => !uploadFor(uploads, file));
    setProblem(strangers.length > 0 ? notAwaited(strangers.map(({ name }) => name)) : undefined);
    const book = resumeBook();
    for (const { file, upload } of matched) {
      book.remember(file, upload.name);
      taken(upload);
    }
    takeFiles("a", matched.map(({ file }) => file));
  };
  return (
    <section aria-label={t.name} className="mt-3 border border-line bg-panel px-3 py-2">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 text-sm">
          {t.waiting(uploads.length)}
        </p>
        <label htmlFor={id} className="cursor-pointer text-sm underline underline-offset-2 has-focus-visible:outline-2">
          {t.choose(uploads.length)}
          <input
            id={id}
            type="file"
            multiple
            className="sr-only"
            onChange={(event) => choose([...(event.target.files ?? [])])}
          />
        </label>
      </div>
      <ul className="mt-1">
        {uploads.map((upload) => (
          <li key={upload.name} className="flex items-center gap-3 py-0.5 text-xs text-dim">
            <span className="min-w-0 flex-1 truncate">
              {upload.displayName}, {fileSize(Number(upload.sizeBytes))}
            </span>
            <Button
              look="quiet"
              aria-label={t.giveUpOf(upload.displayName)}
              onClick={() => {
                giveUp(upload).catch((error: unknown) => setProblem(toProblem(error)));
              }}
            >
              {t.giveUp}
            </Button>
          </li>
        ))}
      </ul>
      {problem && <ProblemNote problem={problem} />}
    </section>
  );
}

function notAwaited(names: readonly string[]): Problem {
  return {
    reason: "OTHER_FILE",
    message: texts().workspace.pending.notAwaited(names),
    retryable: false,
  };
}
