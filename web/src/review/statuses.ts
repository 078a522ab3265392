/** How far a review is, in words. */
import { SavedComparison_Status as Status } from "../gen/sage/compare/v1/saved_comparison_pb";

export type StatusName = "in-review" | "approved" | "needs-changes";

interface StatusLook {
  readonly value: StatusName;
  readonly status: Status;
  readonly label: string;
}

export const STATUSES: readonly [StatusLook, ...StatusLook[]] = [
  { value: "in-review", status: Status.IN_REVIEW, label: "In review" },
  { value: "approved", status: Status.APPROVED, label: "Approved" },
  { value: "needs-changes", status: Status.NEEDS_CHANGES, label: "Needs changes" },
];

export function statusLook(status: Status): StatusLook {
  return STATUSES.find((look) => look.status === status) ?? STATUSES[0];
}

export function statusOf(value: StatusName): Status {
  return STATUSES.find((look) => look.value === value)?.status ?? Status.IN_REVIEW;
}
