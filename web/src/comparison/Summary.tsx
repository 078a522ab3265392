import { duration } from "../time/timecode";
import type { Findings } from "./findings";
import { MODALITY_WORDS } from "./kinds";
import { KindTable } from "./KindTable";
import type { Comparison } from "./model";

interface SummaryProps {
  readonly comparison: Comparison;
  readonly findings: Findings;
}

/** What the comparison comes to, at a glance. */
export function Summary({ comparison, findings }: SummaryProps) {
  const { similarityPercent, differences, counts, tracks } = findings;
  const change = comparison.durationB - comparison.durationA;
  return (
    <section aria-label="Summary" className="border-b border-line p-3">
      <div className="flex items-baseline gap-3">
        <p className="tc text-[1.75rem] leading-8 font-semibold tracking-tight" data-testid="similarity">
          {similarityPercent === undefined ? "–" : `${similarityPercent.toFixed(1)}%`}
        </p>
        <p className="text-sm text-dim">{verdict(findings, comparison)}</p>
      </div>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
        {tracks.map((track) => (
          <Fact key={track.modality} term={MODALITY_WORDS[track.modality]}>
            {track.compared > 0
              ? `${track.different} of ${track.compared} segments differ`
              : "nothing to compare"}
          </Fact>
        ))}
        <Fact term="Length">
          {duration(comparison.durationA)} → {duration(comparison.durationB)}
          {Math.abs(change) >= 0.005 && ` (${change > 0 ? "+" : "−"}${duration(change)})`}
        </Fact>
        {comparison.onlyInA.length > 0 && (
          <Fact term="Only in A">{comparison.onlyInA.map((modality) => MODALITY_WORDS[modality]).join(", ")}</Fact>
        )}
        {comparison.onlyInB.length > 0 && (
          <Fact term="Only in B">{comparison.onlyInB.map((modality) => MODALITY_WORDS[modality]).join(", ")}</Fact>
        )}
      </dl>
      {differences.length > 0 && (
        <KindTable counts={counts} modalities={tracks.map((track) => track.modality)} />
      )}
      {comparison.looks.length > 0 && (
        <div className="mt-2 border-l-2 border-line-strong pl-2 text-sm">
          <h3 className="text-faint">Look, throughout</h3>
          {comparison.looks.map(({ sentence }) => (
            <p key={sentence}>{sentence}</p>
          ))}
        </div>
      )}
      {comparison.notes.map((note) => (
        <p key={note} className="mt-2 border-l-2 border-line-strong pl-2 text-sm text-dim">
          {note}
        </p>
      ))}
    </section>
  );
}

function verdict(findings: Findings, comparison: Comparison): string {
  const { differences, outOfStep, reencodeOnly, similarityPercent } = findings;
  if (!comparison.complete) return "Comparing…";
  if (reencodeOnly) return "Re-encoded only: no edit found";
  const oneSided = comparison.onlyInA.length + comparison.onlyInB.length > 0;
  if (differences.length === 0 && comparison.soundDifferences.length > 0) return "The sound differs: see below";
  if (differences.length === 0 && oneSided) return "No difference in what both have";
  if (differences.length === 0 && outOfStep) return "The sound is out of step; nothing else differs";
  if (differences.length === 0 && comparison.looks.length > 0) return "The same content; it looks different";
  if (differences.length === 0) return "No difference at this threshold";
  const count = differences.length === 1 ? "1 difference" : `${differences.length} differences`;
  return similarityPercent === undefined ? count : `similar, ${count}`;
}

function Fact({ term, children }: { readonly term: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt className="text-faint">{term}</dt>
      <dd className="tc">{children}</dd>
    </>
  );
}
