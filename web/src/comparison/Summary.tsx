import type { ReactNode } from "react";
import { duration } from "../time/timecode";
import type { Findings } from "./findings";
import { MODALITY_WORDS } from "./kinds";
import type { Comparison } from "./model";
import { SIMILARITY_MEANING, verdict } from "./verdict";

interface SummaryProps {
  readonly comparison: Comparison;
  readonly findings: Findings;
  /** How many edits there are at the threshold that is set. */
  readonly edits: number;
}

/** What the comparison comes to, at a glance: in words first. */
export function Summary({ comparison, findings, edits }: SummaryProps) {
  const { similarityPercent, tracks } = findings;
  const change = comparison.durationB - comparison.durationA;
  return (
    <section aria-label="Summary" className="border-b border-line p-3">
      <h2 className="text-[1.25rem] leading-6 font-semibold tracking-tight text-balance" data-testid="verdict">
        {verdict(edits, findings, comparison)}
      </h2>
      <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-sm">
        <Fact term="The same" title={SIMILARITY_MEANING}>
          <span data-testid="similarity">
            {similarityPercent === undefined ? "–" : `${similarityPercent.toFixed(1)}%`}
          </span>{" "}
          <span className="font-sans text-faint">of both versions' time</span>
        </Fact>
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
