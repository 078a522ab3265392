/** Going from edit to edit along the timeline. */

interface Placed {
  readonly stretch: { readonly start: number; readonly end: number };
}

/** Within this, the playhead counts as standing on the start of an edit. */
const ON_START_SECONDS = 0.02;

/** The first edit that starts after `time`; from the last one on to the first. */
export function nextEdit<T extends Placed>(placed: readonly T[], time: number): T | undefined {
  const ordered = inOrder(placed);
  return ordered.find(({ stretch }) => stretch.start > time + ON_START_SECONDS) ?? ordered[0];
}

/** The last edit that starts before `time`; from the first one back to the last. */
export function previousEdit<T extends Placed>(placed: readonly T[], time: number): T | undefined {
  const ordered = inOrder(placed);
  return ordered.findLast(({ stretch }) => stretch.start < time - ON_START_SECONDS) ?? ordered.at(-1);
}

function inOrder<T extends Placed>(placed: readonly T[]): T[] {
  return [...placed].sort((x, y) => x.stretch.start - y.stretch.start);
}
