import { useEffect, useRef, useState, type ReactNode } from "react";
import { rowsInSight, scrollToRow, type Rows } from "./rows";
import { useSize } from "./useSize";

interface RowListProps<T> {
  readonly items: readonly T[];
  /** In pixels; all rows are of this height. */
  readonly rowHeight: number;
  /** The row that has to be in sight when it changes; -1 for none. */
  readonly current: number;
  readonly onRows?: ((rows: Rows) => void) | undefined;
  /** An `li`; `position` is for assistive technology, which sees a part of the list only. */
  readonly row: (item: T, position: { readonly "aria-setsize": number; readonly "aria-posinset": number }) => ReactNode;
}

/** A long list of which only the rows in sight are drawn. */
export function RowList<T>({ items, rowHeight, current, onRows, row }: RowListProps<T>) {
  const scroller = useRef<HTMLOListElement>(null);
  const { ref, height } = useSize();
  const [scrollTop, setScrollTop] = useState(0);
  const { first, end } = rowsInSight(items.length, rowHeight, scrollTop, height);

  useEffect(() => {
    const element = scroller.current;
    if (!element || current < 0) return;
    element.scrollTop = scrollToRow(current, rowHeight, element.scrollTop, element.clientHeight);
  }, [current, rowHeight]);
  useEffect(() => onRows?.({ first, end }), [onRows, first, end]);

  return (
    <ol
      ref={(node) => {
        scroller.current = node;
        const stop = ref(node);
        return () => {
          scroller.current = null;
          stop?.();
        };
      }}
      onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}
      className="min-h-0 flex-1 overflow-y-auto max-lg:max-h-[70vh]"
    >
      <li role="presentation" aria-hidden="true" style={{ height: first * rowHeight }} />
      {items.slice(first, end).map((item, index) =>
        row(item, { "aria-setsize": items.length, "aria-posinset": first + index + 1 }),
      )}
      <li role="presentation" aria-hidden="true" style={{ height: (items.length - end) * rowHeight }} />
    </ol>
  );
}
