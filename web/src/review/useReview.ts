/** The kept comparison of two videos, for components. */
import { useMemo, useSyncExternalStore } from "react";
import { comparisons } from "../api/clients";
import { Review, type ReviewSnapshot, type Seed } from "./review";

/** What components work with. `seed` is what a comparison is kept with when it has to be. */
export interface Reviewing extends ReviewSnapshot {
  readonly review: Review;
  readonly seed: Seed;
}

const NOTHING: ReviewSnapshot = { looked: false, saved: undefined, pending: [], problem: undefined };
const noSubscription = (): (() => void) => () => undefined;
const nothing = (): ReviewSnapshot => NOTHING;

/** Undefined as long as it is not known which videos are compared. */
export function useReview(
  a: string | undefined,
  b: string | undefined,
  name: string,
  seed: Seed,
): Reviewing | undefined {
  const review = useMemo(() => (a && b ? new Review(comparisons, { a, b, name }) : undefined), [a, b, name]);
  const snapshot = useSyncExternalStore(review?.subscribe ?? noSubscription, review?.snapshot ?? nothing);
  return review && { ...snapshot, review, seed };
}
