import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { further, useFurther } from "./slots";
import { UploadProgress } from "./UploadProgress";
import { useTexts } from "../texts/useTexts";

/** Files that were dropped beside the two that are compared. Nothing as long as there are none. */
export function FurtherUploads() {
  const t = useTexts().workspace.further;
  const uploads = useFurther();
  if (uploads.length === 0) return null;
  return (
    <section aria-label={t.name} className="mt-3 border border-line bg-panel">
      <ul className="divide-y divide-line">
        {uploads.map(({ file, progress, problem }, position) => (
          <li key={`${position} ${file.name}`} className="space-y-1 px-3 py-2">
            <p className="text-sm font-medium break-words">{file.name}</p>
            {problem && (
              <ProblemNote problem={problem}>
                <Button onClick={() => further.drop(file)}>{t.close}</Button>
              </ProblemNote>
            )}
            {!problem && progress && <UploadProgress progress={progress} tone="a" onCancel={() => further.drop(file)} />}
            {!problem && !progress && <p className="text-xs text-faint">{t.waits}</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
