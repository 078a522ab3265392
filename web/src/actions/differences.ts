/** Going from difference to difference along the timeline. */
import { regionKey, type Region } from "../comparison/model";

interface Placed {
  readonly region: Region;
  readonly stretch: { readonly start: number; readonly end: number };
}

/** Within this, the playhead counts as standing on the start of a difference. */
const ON_START_SECONDS = 0.02;

export function isCurrent(region: Region, selected: Region | undefined): boolean {
  return selected !== undefined && regionKey(region) === regionKey(selected);
}

/** The first difference that starts after `time`; from the last one on to the first. */
export function nextDifference<T extends Placed>(placed: readonly T[], time: number): T | undefined {
  const ordered = inOrder(placed);
  return ordered.find(({ stretch }) => stretch.start > time + ON_START_SECONDS) ?? ordered[0];
}

/** The last difference that starts before `time`; from the first one back to the last. */
export function previousDifference<T extends Placed>(placed: readonly T[], time: number): T | undefined {
  const ordered = inOrder(placed);
  return ordered.findLast(({ stretch }) => stretch.start < time - ON_START_SECONDS) ?? ordered.at(-1);
}

function inOrder<T extends Placed>(placed: readonly T[]): T[] {
  return [...placed].sort((x, y) => x.stretch.start - y.stretch.start);
}
