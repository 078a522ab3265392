import { useEffect, useState } from "react";
import { comparisons } from "../api/clients";
import type { Problem } from "../api/errors";
import { recovering } from "../api/recovery";
import { savedLink } from "../domain/savedLink";
import { navigate } from "../route";
import { useTexts } from "../texts/useTexts";
import { ProblemNote } from "../ui/ProblemNote";

/** Opens the comparison that a shared link is for. */
export function SharedPage({ name }: { readonly name: string }) {
  const t = useTexts().session.shared;
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const open = async (): Promise<void> => navigate(savedLink(await comparisons.getComparison({ name }, { signal })));
    void recovering(open, { signal, tell: setProblem });
    return () => abort.abort();
  }, [name]);
  if (problem) return <SharedProblem problem={problem} />;
  return (
    <p role="status" className="p-10 text-center text-dim">
      {t.opening}
    </p>
  );
}

/** Why a shared link opens nothing. */
export function SharedProblem({ problem }: { readonly problem: Problem }) {
  const t = useTexts().session.shared;
  return (
    <main className="mx-auto w-full max-w-xl px-6 py-16">
      <h1 className="mb-4 text-lg font-semibold">{t.nothing}</h1>
      <ProblemNote problem={problem} />
    </main>
  );
}
