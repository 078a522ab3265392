/** What is at a moment, in words, for whoever moves the playhead without seeing it. Pure. */
import { texts } from "../texts";
import { itemsAt, type LaidItem } from "../timeline/laidOver";
import type { PlacedEdit } from "./useEdits";

export function describeAt(placed: readonly PlacedEdit[], markers: readonly LaidItem[], time: number): string {
  const { domain, comparison: { here: t } } = texts();
  const here = placed.findIndex(({ stretch }) => time >= stretch.start && time < stretch.end);
  const found = placed[here];
  const kind = t.kind(domain.kinds[found?.edit.kind ?? "UNCHANGED"].word);
  const edit = found ? [t.edit(here + 1, placed.length)] : [];
  return [kind, ...edit, ...itemsAt(markers, time).map(({ text }) => t.marker(text))].join(", ");
}
