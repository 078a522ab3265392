import { useMemo } from "react";
import { shows, UNDECIDED, type Shown } from "../review/marks";
import type { Marking } from "../review/useMarking";
import { Segmented } from "../ui/Segmented";
import { countKinds, sortEdits, type Edit, type Order } from "./edits";
import { EditFilters } from "./EditFilters";
import { EditRow } from "./EditRow";
import { passes, type EditFilter } from "./filters";
import type { Modality } from "./model";

interface EditListProps {
  /** All of them, in order of time. */
  readonly edits: readonly Edit[];
  readonly frameRateA: number;
  readonly frameRateB: number;
  readonly order: Order;
  readonly onOrder: (order: Order) => void;
  readonly filter: EditFilter;
  readonly onFilter: (filter: EditFilter) => void;
  readonly selected: Edit | undefined;
  readonly onSelect: (edit: Edit) => void;
  /** Said when there are none. */
  readonly emptyText: string;
  /** What people decided about the edits; undefined where nothing can be decided. */
  readonly marking: Marking | undefined;
}

const SHOWN: readonly { readonly value: Shown; readonly label: string }[] = [
  { value: "all", label: "All" },
  { value: "open", label: "Open" },
  { value: "reviewed", label: "Reviewed" },
  { value: "ignored", label: "Ignored" },
];

/** Every edit, in order of time or the worst one first; a click goes there. */
export function EditList(props: EditListProps) {
  const { edits, order, onOrder, filter, onFilter, selected, onSelect, emptyText, marking } = props;
  const shown = useMemo(() => {
    const passed = sortEdits(edits, order).filter((edit) => passes(filter, edit));
    return marking ? passed.filter((edit) => shows(marking.shown, marking.of(edit.regions))) : passed;
  }, [edits, order, filter, marking]);
  const counts = useMemo(() => countKinds(edits), [edits]);
  const modalities = useMemo(() => modalitiesOf(edits), [edits]);
  const unmatched = marking?.unmatched ?? 0;
  return (
    <section aria-label="Edits" className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-9 shrink-0 items-center justify-between border-b border-line px-3">
        <h2 className="text-sm">
          Edits{" "}
          <span className="tc text-faint">
            {shown.length === edits.length ? edits.length : `${shown.length} of ${edits.length}`}
          </span>
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
      {edits.length > 0 && (
        <div className="shrink-0 space-y-1.5 border-b border-line px-3 py-1.5">
          <EditFilters filter={filter} onFilter={onFilter} counts={counts} modalities={modalities} />
          {marking && <Segmented label="Edits shown" value={marking.shown} onChange={marking.show} choices={SHOWN} />}
        </div>
      )}
      {shown.length === 0 ? (
        <p className="p-4 text-sm text-dim">{edits.length === 0 ? emptyText : "None of the edits is of this sort."}</p>
      ) : (
        <ol className="min-h-0 flex-1 overflow-y-auto">
          {shown.map((edit) => (
            <EditRow
              key={edit.key}
              edit={edit}
              frameRateA={props.frameRateA}
              frameRateB={props.frameRateB}
              selected={edit.key === selected?.key}
              onSelect={onSelect}
              decision={marking?.of(edit.regions) ?? UNDECIDED}
              onDecide={marking && ((decision) => marking.decide(edit.regions, decision))}
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

/** The modalities by which edits can be told apart: some touch them, others do not. */
function modalitiesOf(edits: readonly Edit[]): Modality[] {
  const touched = edits.map(({ regions }) => regions.map(({ modality }) => modality));
  return [...new Set(touched.flat())].filter((modality) => touched.some((own) => !own.includes(modality)));
}
