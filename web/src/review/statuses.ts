/** How far a review is, in words. */
import { SavedComparison_Status as Status } from "../gen/sage/compare/v1/saved_comparison_pb";
import { texts, type Texts } from "../texts";

export type StatusName = keyof Texts["review"]["statuses"];

interface StatusLook {
  readonly value: StatusName;
  readonly label: string;
}

const STATUSES: Readonly<Record<StatusName, Status>> = {
  "in-review": Status.IN_REVIEW,
  approved: Status.APPROVED,
  "needs-changes": Status.NEEDS_CHANGES,
};
const NAMES = Object.keys(STATUSES) as StatusName[];

/** What can be chosen, in the order in which a review goes. */
export function statusChoices(): readonly StatusLook[] {
  return NAMES.map(lookOf);
}

/** One that this page does not know counts as under review. */
export function statusLook(status: Status): StatusLook {
  return lookOf(NAMES.find((name) => STATUSES[name] === status) ?? "in-review");
}

export function statusOf(value: StatusName): Status {
  return STATUSES[value];
}

function lookOf(value: StatusName): StatusLook {
  return { value, label: texts().review.statuses[value] };
}
