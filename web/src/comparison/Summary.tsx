import { memo, type ReactNode } from "react";
import { duration } from "../time/timecode";
import type { Findings } from "../domain/findings";
import type { Comparison } from "../domain/model";
import { verdict } from "../domain/verdict";
import { SERVICE_LANGUAGE } from "../texts/language";
import { useTexts } from "../texts/useTexts";

interface SummaryProps {
  readonly comparison: Comparison;
  readonly findings: Findings;
  /** How many edits there are at the threshold that is set. */
  readonly edits: number;
}

/** What the comparison comes to, at a glance: in words first. */
export const Summary = memo(function Summary({ comparison, findings, edits }: SummaryProps) {
  const { comparison: { summary: t }, domain: { modalities, similarityMeaning }, formats } = useTexts();
  const { similarityPercent, tracks } = findings;
  const named = (of: Comparison["onlyInA"]): string => of.map((modality) => modalities[modality]).join(", ");
  const change = comparison.durationB - comparison.durationA;
  return (
    <section aria-label={t.name} className="border-b border-line p-3">
      <h2 className="text-[1.25rem] leading-6 font-semibold tracking-tight text-balance" data-testid="verdict">
        {verdict(edits, findings, comparison)}
      </h2>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
        <Fact term={t.same} title={similarityMeaning}>
          <span data-testid="similarity">
            {similarityPercent === undefined ? "–" : formats.percent(similarityPercent, 1)}
          </span>{" "}
          <span className="font-sans text-faint">{t.ofBoth}</span>
        </Fact>
        {tracks.map((track) => (
          <Fact key={track.modality} term={modalities[track.modality]}>
            {track.similarityPercent === undefined ? (
              t.nothingToCompare
            ) : (
              <>
                <span data-testid={`similarity-${track.modality}`}>{formats.percent(track.similarityPercent, 1)}</span>{" "}
                <span className="font-sans text-faint">
                  {t.differing(track.different, track.compared)}
                </span>
              </>
            )}
          </Fact>
        ))}
        <Fact term={t.length}>
          {duration(comparison.durationA)} → {duration(comparison.durationB)}
          {Math.abs(change) >= 0.005 && ` (${change > 0 ? "+" : "−"}${duration(change)})`}
        </Fact>
        {comparison.onlyInA.length > 0 && (
          <Fact term={t.onlyInA}>{named(comparison.onlyInA)}</Fact>
        )}
        {comparison.onlyInB.length > 0 && (
          <Fact term={t.onlyInB}>{named(comparison.onlyInB)}</Fact>
        )}
      </dl>
      {comparison.looks.length > 0 && (
        <div className="mt-2 border-l-2 border-line-strong pl-2 text-sm">
          <h3 className="text-faint">{t.looks}</h3>
          {comparison.looks.map(({ sentence }) => (
            <p key={sentence} lang={SERVICE_LANGUAGE}>{sentence}</p>
          ))}
        </div>
      )}
      {comparison.notes.map((note) => (
        <p key={note} lang={SERVICE_LANGUAGE} className="mt-2 border-l-2 border-line-strong pl-2 text-sm text-dim">
          {note}
        </p>
      ))}
    </section>
  );
});

interface FactProps {
  readonly term: string;
  readonly title?: string;
  readonly children: ReactNode;
}

function Fact({ term, title, children }: FactProps) {
  return (
    <>
      <dt className="text-faint" title={title}>
        {term}
      </dt>
      <dd className="tc" title={title}>
        {children}
      </dd>
    </>
  );
}
