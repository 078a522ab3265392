/**
 * A shared link: `/#share={token}`. The token stands behind `#`, which browsers send to nobody, and
 * opens one comparison, to be looked at only.
 */
import type { Identity } from "./session";

const PREFIX = "#share=";

export function linkOf(origin: string, token: string): string {
  return `${origin}/${PREFIX}${token}`;
}

/** Who the reader of a link is; undefined where the address has none that could be one. */
export function identityOfLink(hash: string): Identity | undefined {
  if (!hash.startsWith(PREFIX)) return undefined;
  const token = hash.slice(PREFIX.length);
  const claims = claimsOf(token);
  const shared = claims?.share?.comparison;
  if (typeof shared !== "string" || typeof claims?.workspace !== "string" || typeof claims.exp !== "number") {
    return undefined;
  }
  return { token, workspace: claims.workspace, expiresAtMs: claims.exp * 1000, hasApiKey: false, shared };
}

/** Keeps nothing. */
export const NO_STORAGE = {
  getItem: (): null => null,
  setItem: (): void => undefined,
  removeItem: (): void => undefined,
};

interface Claims {
  readonly workspace?: unknown;
  readonly exp?: unknown;
  readonly share?: { readonly comparison?: unknown };
}

/** What the token says of itself. Nobody here can check it; the server does. */
function claimsOf(token: string): Claims | undefined {
  const [, payload = ""] = token.split(".");
  try {
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (it) => it.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? claims : undefined;
  } catch {
    return undefined;
  }
}
