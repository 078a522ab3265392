import { useEffect, useRef } from "react";
import { MarkButtons } from "../review/MarkButtons";
import type { Decision } from "../review/marks";
import { duration, timecode } from "../time/timecode";
import { classes } from "../ui/classes";
import { measuresOf, whereOf, type Edit } from "./edits";
import { KIND_LOOKS } from "./kinds";
import { KindSwatch } from "./KindSwatch";
import { regionLength } from "./model";

interface EditRowProps {
  readonly edit: Edit;
  readonly frameRateA: number;
  readonly frameRateB: number;
  readonly selected: boolean;
  readonly onSelect: (edit: Edit) => void;
  readonly decision: Decision;
  readonly onDecide: ((decision: Decision) => void) | undefined;
}

/** One edit: what it is, where it lies on both sides, how long it is. */
export function EditRow({ edit, frameRateA, frameRateB, selected, onSelect, decision, onDecide }: EditRowProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) item.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const { kind, lead } = edit;
  const { score, confidence } = measuresOf(edit);
  const look = KIND_LOOKS[kind];
  return (
    <li
      ref={item}
      data-kind={kind}
      data-testid="difference"
      className={classes("grid", onDecide && "grid-cols-[minmax(0,1fr)_auto]", decision.ignored && "opacity-50")}
    >
      <button
        type="button"
        aria-current={selected}
        // A click must not take the keyboard away from the transport.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onSelect(edit)}
        className={classes(
          "grid w-full grid-cols-[24px_1fr_auto] items-start gap-x-2 border-b border-line px-3 py-1.5 text-left focus-visible:-outline-offset-2",
          selected ? "bg-raised shadow-[inset_2px_0_0_var(--ink)]" : "hover:bg-raised/60",
        )}
      >
        <KindSwatch kind={kind} />
        <span className="min-w-0">
          <span className="flex items-baseline gap-2">
            <span className="kind-ink font-medium">{look.word}</span>
            {kind === "RETIMED" && <span className="tc text-xs">{lead.rate.toFixed(2)}×</span>}
            <span className="text-xs text-faint">{whereOf(edit)}</span>
          </span>
          <span className="tc block text-xs whitespace-nowrap text-dim">
            <Range side="A" start={lead.aStart} end={lead.aEnd} frameRate={frameRateA} />
            <Range side="B" start={lead.bStart} end={lead.bEnd} frameRate={frameRateB} />
          </span>
        </span>
        <span className="tc text-right text-xs text-dim">
          <span className="block text-sm text-ink">{duration(regionLength(lead), frameRateA)}</span>
          {score > 0 && <span className="block">score {score.toFixed(3)}</span>}
          {confidence > 0 && <span className="block">{Math.round(confidence * 100)}% sure</span>}
        </span>
      </button>
      {onDecide && (
        <MarkButtons of={`${look.word} at ${timecode(lead.aStart, frameRateA)}`} decision={decision} onDecide={onDecide} />
      )}
    </li>
  );
}

interface RangeProps {
  readonly side: "A" | "B";
  readonly start: number;
  readonly end: number;
  readonly frameRate: number;
}

function Range({ side, start, end, frameRate }: RangeProps) {
  const tone = side === "A" ? "text-va" : "text-vb";
  return (
    <span className="block">
      <span className={`${tone} font-bold`}>{side}</span> {timecode(start, frameRate)}
      {end > start ? `–${timecode(end, frameRate)}` : " (a cut)"}
    </span>
  );
}
