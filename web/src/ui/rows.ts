/** Which rows of a long list are drawn: those in sight, and some around. Pure; sizes in pixels. */

export interface Rows {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

const AROUND = 6;

export function rowsInSight(count: number, rowHeight: number, scrollTop: number, height: number): Rows {
  const first = Math.floor(scrollTop / rowHeight) - AROUND;
  const end = Math.ceil((scrollTop + height) / rowHeight) + AROUND;
  const clamp = (row: number): number => Math.min(Math.max(row, 0), count);
  return { first: clamp(first), end: clamp(end) };
}

/** The scroll position that brings a row into sight, with as little movement as that takes. */
export function scrollToRow(row: number, rowHeight: number, scrollTop: number, height: number): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight - height);
}
