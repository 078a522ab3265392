import { useEffect, useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { hasSample, takeSample } from "./sample";
import { useTexts } from "../texts/useTexts";

/** Something to try, for whoever has nothing at hand. Nothing where the server has no sample. */
export function SampleOffer() {
  const t = useTexts().workspace.sample;
  const [offered, setOffered] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const abort = new AbortController();
    hasSample(abort.signal).then(setOffered, () => undefined);
    return () => abort.abort();
  }, []);
  // The room stays empty where there is none: nothing moves when there turns out to be one.
  if (!offered) return <div className="mt-3 min-h-7" />;
  return (
    <div className="mt-3 min-h-7">
      <p className="flex flex-wrap items-center gap-3 text-sm text-dim">
        {t.offer}
        <Button onClick={() => void takeSample().catch((error: unknown) => setProblem(toProblem(error)))}>
          {t.take}
        </Button>
      </p>
      {problem && <ProblemNote problem={problem} />}
    </div>
  );
}
