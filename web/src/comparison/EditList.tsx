import { useMemo, useState } from "react";
import { shows, UNDECIDED, type Shown } from "../review/marks";
import type { Marking } from "../review/useMarking";
import { RowList } from "../ui/RowList";
import type { Rows } from "../ui/rows";
import { Segmented } from "../ui/Segmented";
import { countKinds, sortEdits, type Edit, type Order } from "../domain/edits";
import { EditFilters, EditSearch } from "./EditFilters";
import type { Videos } from "./editPictures";
import { EditRow } from "./EditRow";
import { passes, type EditFilter } from "../domain/filters";
import type { Modality, Reason } from "../domain/model";
import { useSideTimecode } from "../media/useSourceStarts";
import { useEditPictures } from "./useEditPictures";
import { useTexts } from "../texts/useTexts";

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
  /** The videos whose pictures stand beside the edits. */
  readonly videos: Videos;
}

/** A row's height in root ems: it grows with the type. */
const ROW_EMS = 5;

const SHOWN: readonly Shown[] = ["all", "open", "reviewed", "ignored"];
const ORDERS: readonly Order[] = ["time", "worst"];

/** Every edit, in order of time or the worst one first; a click goes there. */
export function EditList(props: EditListProps) {
  const { edits, frameRateA, frameRateB, order, onOrder, filter, onFilter, selected, onSelect, emptyText, marking, videos } = props;
  const { comparison: { list: t }, domain: words } = useTexts();
  const timecodeA = useSideTimecode("a", frameRateA);
  const timecodeB = useSideTimecode("b", frameRateB);
  const shown = useMemo(() => {
    const passed = sortEdits(edits, order).filter((edit) => passes(filter, edit, { words, a: timecodeA, b: timecodeB }));
    return marking ? passed.filter((edit) => shows(marking.shown, marking.of(edit.regions))) : passed;
  }, [edits, order, filter, marking, words, timecodeA, timecodeB]);
  const counts = useMemo(() => countKinds(edits), [edits]);
  const modalities = useMemo(() => modalitiesOf(edits), [edits]);
  const reasons = useMemo(() => reasonsOf(edits), [edits]);
  const [rows, setRows] = useState<Rows>({ first: 0, end: 0 });
  const inSight = useMemo(() => shown.slice(rows.first, rows.end), [shown, rows]);
  const pictures = useEditPictures(videos, edits, inSight);
  const unmatched = marking?.unmatched ?? 0;
  return (
    <section aria-label={t.name} className="flex min-h-0 flex-1 flex-col">
      <div className="flex h-9 shrink-0 items-center justify-between border-b border-line px-3">
        <h2 className="text-sm">
          {t.name}{" "}
          <span className="tc text-faint">
            {shown.length === edits.length ? edits.length : t.shownOf(shown.length, edits.length)}
          </span>
        </h2>
        <Segmented
          label={t.order}
          value={order}
          onChange={onOrder}
          choices={ORDERS.map((value) => ({ value, label: t.orders[value] }))}
        />
      </div>
      {edits.length > 0 && (
        <div className="shrink-0 space-y-1.5 border-b border-line px-3 py-1.5">
          <EditFilters filter={filter} onFilter={onFilter} counts={counts} modalities={modalities} reasons={reasons} />
          <EditSearch filter={filter} onFilter={onFilter} />
          {marking && (
            <Segmented
              label={t.byMark}
              value={marking.shown}
              onChange={marking.show}
              choices={SHOWN.map((value) => ({ value, label: t.marks[value] }))}
            />
          )}
        </div>
      )}
      {shown.length === 0 ? (
        <p className="p-4 text-sm text-dim">{edits.length === 0 ? emptyText : t.noneOfThisSort}</p>
      ) : (
        <RowList
          items={shown}
          rowHeight={ROW_EMS * rootEm()}
          current={selected ? shown.findIndex(({ key }) => key === selected.key) : -1}
          onRows={setRows}
          row={(edit, position) => (
            <EditRow
              key={edit.key}
              edit={edit}
              height={ROW_EMS}
              position={position}
              frameRateA={frameRateA}
              frameRateB={frameRateB}
              selected={edit.key === selected?.key}
              onSelect={onSelect}
              decision={marking?.of(edit.regions) ?? UNDECIDED}
              onDecide={marking && ((decision) => marking.decide(edit.regions, decision))}
              pictureA={pictures(edit, "a")}
              pictureB={pictures(edit, "b")}
            />
          )}
        />
      )}
      {unmatched > 0 && (
        <p className="shrink-0 border-t border-line px-3 py-1.5 text-xs text-faint">
          {t.unmatchedMarks(unmatched)}
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

/** The reasons by which edits can be told apart. */
function reasonsOf(edits: readonly Edit[]): Reason[] {
  const found = edits.map(({ regions }) => regions.flatMap(({ reason }) => reason ?? []));
  return [...new Set(found.flat())].filter((reason) => found.some((own) => !own.includes(reason)));
}

function rootEm(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
