/** What API tokens may do, and for how long. */
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { ApiToken_Scope, type ApiToken } from "../gen/sage/embed/v1/api_token_pb";
import { texts } from "../texts";

export const SCOPES = ["read", "write"] as const;
export type TokenScope = (typeof SCOPES)[number];

/** In days. */
export const LIFETIMES = ["30", "90", "365"] as const;
export type Lifetime = (typeof LIFETIMES)[number];

export function scopeOf(scope: TokenScope): ApiToken_Scope {
  return scope === "write" ? ApiToken_Scope.WRITE : ApiToken_Scope.READ;
}

/** Seconds in so many days. */
export function secondsOf(days: Lifetime): bigint {
  return BigInt(days) * 86400n;
}

/** One line below a token's name: what it may do, and until when. */
export function describe(token: Pick<ApiToken, "scope" | "expireTime">): string {
  const t = texts().session.tokens;
  const does = token.scope === ApiToken_Scope.WRITE ? t.writes : t.reads;
  return token.expireTime ? t.until(does, timestampDate(token.expireTime).toISOString().slice(0, 10)) : does;
}
