import { useEffect, useMemo, useRef } from "react";
import { MarkButtons } from "../review/MarkButtons";
import { shows, UNDECIDED, type Decision, type Shown } from "../review/marks";
import type { Marking } from "../review/useMarking";
import { duration, timecode } from "../time/timecode";
import { Segmented } from "../ui/Segmented";
import { classes } from "../ui/classes";
import { sortDifferences, type Order } from "./findings";
import { KIND_LOOKS, MODALITY_WORDS, REASON_WORDS } from "./kinds";
import { KindSwatch } from "./KindSwatch";
import { regionKey, regionLength, type Region } from "./model";

interface DifferenceListProps {
  readonly differences: readonly Region[];
  readonly frameRateA: number;
  readonly frameRateB: number;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly selected: Region | undefined;
  readonly onSelect: (region: Region) => void;
  /** Said when the list is empty. */
  readonly emptyText: string;
  /** What people decided about the differences; undefined where nothing can be decided. */
  readonly marking: Marking | undefined;
}

const SHOWN: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: "all", label: "All" },
  { value: "open", label: "Open" },
  { value: "reviewed", label: "Reviewed" },
  { value: "ignored", label: "Ignored" },
];

/** Every difference, in order of time or the worst one first; a click goes there. */
export function DifferenceList(props: DifferenceListProps) {
  const { differences, order, onOrder, selected, onSelect, emptyText, marking } = props;
  const shown = useMemo(() => {
    const sorted = sortDifferences(differences, order);
    return marking ? sorted.filter((region) => shows(marking.shown, marking.decided.of(region))) : sorted;
  }, [differences, order, marking]);
  const unmatched = marking?.decided.unmatched.length ?? 0;
  const selectedKey = selected && regionKey(selected);
  return (
    <section aria-label="Differences" className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-9 shrink-0 items-center justify-between border-b border-line px-3">
        <h2 className="text-sm">
          Differences <span className="tc text-faint">{differences.length}</span>
        </h2>
        <Segmented
          label="Order"
          value={order}
          onChange={onOrder}
          choices={[
            { value: "time", label: "By time" },
            { value: "worst", label: "Worst first" },
          ]}
        />
      </div>
      {marking && differences.length > 0 && (
        <div className="shrink-0 border-b border-line px-3 py-1.5">
          <Segmented label="Differences shown" value={marking.shown} onChange={marking.show} choices={SHOWN} />
        </div>
      )}
      {shown.length === 0 ? (
        <p className="p-4 text-sm text-dim">{differences.length === 0 ? emptyText : "None of the differences is marked so."}</p>
      ) : (
        <ol className="min-h-0 flex-1 overflow-y-auto">
          {shown.map((region) => (
            <Row
              key={regionKey(region)}
              region={region}
              frameRateA={props.frameRateA}
              frameRateB={props.frameRateB}
              selected={regionKey(region) === selectedKey}
              onSelect={onSelect}
              decision={marking?.decided.of(region) ?? UNDECIDED}
              onDecide={marking && ((decision) => marking.decide(region, decision))}
            />
          ))}
        </ol>
      )}
      {unmatched > 0 && (
        <p className="shrink-0 border-t border-line px-3 py-1.5 text-xs text-faint">
          {unmatched === 1 ? "1 mark is for a difference" : `${unmatched} marks are for differences`} that these options do not show.
        </p>
      )}
    </section>
  );
}

interface RowProps {
  readonly region: Region;
  readonly frameRateA: number;
  readonly frameRateB: number;
  readonly selected: boolean;
  readonly onSelect: (region: Region) => void;
  readonly decision: Decision;
  readonly onDecide: ((decision: Decision) => void) | undefined;
}

function Row({ region, frameRateA, frameRateB, selected, onSelect, decision, onDecide }: RowProps) {
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (selected) item.current?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const look = KIND_LOOKS[region.kind];
  return (
    <li
      ref={item}
      data-kind={region.kind}
      data-testid="difference"
      className={classes("grid", onDecide && "grid-cols-[minmax(0,1fr)_auto]", decision.ignored && "opacity-50")}
    >
      <button
        type="button"
        aria-current={selected}
        // A click must not take the keyboard away from the transport.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onSelect(region)}
        className={classes(
          "grid w-full grid-cols-[24px_1fr_auto] items-start gap-x-2 border-b border-line px-3 py-1.5 text-left focus-visible:-outline-offset-2",
          selected ? "bg-raised shadow-[inset_2px_0_0_var(--ink)]" : "hover:bg-raised/60",
        )}
      >
        <KindSwatch kind={region.kind} />
        <span className="min-w-0">
          <span className="flex items-baseline gap-2">
            <span className="kind-ink font-medium">{look.word}</span>
            {region.kind === "RETIMED" && <span className="tc text-xs">{region.rate.toFixed(2)}×</span>}
            <span className="text-xs text-faint">
              {MODALITY_WORDS[region.modality]}
              {region.reason && REASON_WORDS[region.reason] && `, ${REASON_WORDS[region.reason]}`}
            </span>
          </span>
          <span className="tc block text-xs whitespace-nowrap text-dim">
            <Range side="A" start={region.aStart} end={region.aEnd} frameRate={frameRateA} />
            <Range side="B" start={region.bStart} end={region.bEnd} frameRate={frameRateB} />
          </span>
        </span>
        <span className="tc text-right text-xs text-dim">
          <span className="block text-sm text-ink">{duration(regionLength(region), frameRateA)}</span>
          {region.score > 0 && <span className="block">score {region.score.toFixed(3)}</span>}
          {region.confidence > 0 && <span className="block">{Math.round(region.confidence * 100)}% sure</span>}
        </span>
      </button>
      {onDecide && (
        <MarkButtons of={`${look.word} at ${timecode(region.aStart, frameRateA)}`} decision={decision} onDecide={onDecide} />
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
