/** How long shared links last. */
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import type { ShareLink } from "../gen/sage/compare/v1/saved_comparison_pb";
import { texts } from "../texts";

const DAY_MS = 86_400_000;

/** In days. */
export const LIFETIMES = ["1", "7", "30", "90", "364"] as const;
export type Lifetime = (typeof LIFETIMES)[number];
export const USUAL_DAYS: Lifetime = "30";

export function expiryIn(days: Lifetime, now: number) {
  return timestampFromMs(now + Number(days) * DAY_MS);
}

/** `12 days left`: rounded down, so that nobody relies on time that is not there. */
export function timeLeft(link: Pick<ShareLink, "expireTime">, now: number): string {
  const left = link.expireTime ? timestampMs(link.expireTime) - now : 0;
  const t = texts().review.sharing;
  if (left <= 0) return t.expired;
  const days = Math.floor(left / DAY_MS);
  const hours = Math.floor(left / 3_600_000);
  if (days > 0) return t.daysLeft(days);
  return hours > 0 ? t.hoursLeft(hours) : t.underAnHour;
}
