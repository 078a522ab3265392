import type { ReactNode } from "react";
import type { Problem } from "../api/errors";
import { Icon } from "./Icon";

interface ProblemNoteProps {
  readonly problem: Problem;
  /** What can be done about it. */
  readonly children?: ReactNode;
}

/** An error, told beside what it concerns: the sentence for people, the reason for support. */
export function ProblemNote({ problem, children }: ProblemNoteProps) {
  return (
    <div role="alert" className="flex gap-2.5 border-l-2 border-danger bg-danger/8 px-3 py-2 text-sm">
      <span className="mt-px text-danger">
        <Icon name="warning" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="break-words">{problem.message}</p>
        <p className="tc mt-0.5 text-xs text-faint">{problem.reason}</p>
        {children && <div className="mt-2 flex gap-2">{children}</div>}
      </div>
    </div>
  );
}
