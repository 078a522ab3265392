import type { ReactNode } from "react";
import type { Problem } from "../api/errors";
import { SERVICE_LANGUAGE } from "../texts/language";
import { useTexts } from "../texts/useTexts";
import { Icon } from "./Icon";

interface ProblemNoteProps {
  readonly problem: Problem;
  /** What the page says before it: what came of the problem. */
  readonly lead?: string;
  /** What can be done about it. */
  readonly children?: ReactNode;
}

/**
 * An error, told beside what it concerns: the sentence for people, the reason for support. Where the
 * page speaks another language than services do, their words stand below its own.
 */
export function ProblemNote({ problem, lead, children }: ProblemNoteProps) {
  const own = useTexts().api.reasons[problem.reason];
  return (
    <div role="alert" className="flex gap-2.5 border-l-2 border-danger bg-danger/8 px-3 py-2 text-sm">
      <span className="mt-px text-danger">
        <Icon name="warning" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="break-words">
          {lead && `${lead} `}
          {own ?? problem.message}
        </p>
        {own !== undefined && own !== problem.message && (
          <p lang={SERVICE_LANGUAGE} className="mt-0.5 text-xs break-words text-dim">
            {problem.message}
          </p>
        )}
        <p className="tc mt-0.5 text-xs text-faint">{problem.reason}</p>
        {children && <div className="mt-2 flex gap-2">{children}</div>}
      </div>
    </div>
  );
}
