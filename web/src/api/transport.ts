/** The way to the gateway: gRPC-web on the page's own origin, with a token on every call. */
import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { SessionService } from "../gen/sage/embed/v1/session_pb";
import { isUnauthenticated } from "./errors";
import { retrying } from "./retrying";
import { SessionKeeper } from "./session";
import { identityOfLink, NO_STORAGE } from "./sharedLink";
import { begun, repeatable } from "./streams";

const baseUrl = window.location.origin;
const DEFAULT_TIMEOUT_MS = 30_000;

const anonymous = createClient(
  SessionService,
  createGrpcWebTransport({
    baseUrl,
    defaultTimeoutMs: DEFAULT_TIMEOUT_MS,
    // A session that nobody got to know of is no loss.
    interceptors: [retrying(() => true)],
  }),
);

const shared = identityOfLink(window.location.hash);
// Another link in the same tab is another page.
window.addEventListener("hashchange", () => window.location.reload());

export const session = new SessionKeeper(
  (twelvelabsApiKey) => anonymous.createSession({ twelvelabsApiKey }),
  // What a link opens is nobody's session: it leaves the one of this tab alone.
  shared ? NO_STORAGE : window.sessionStorage,
  Date.now,
  shared,
);

/** Adds the token; when the server refuses it, signs in again and repeats the call once. */
export function authenticate(keeper: Pick<SessionKeeper, "token" | "invalidate">): Interceptor {
  return (next) => async (request) => {
    const token = await keeper.token();
    request.header.set("authorization", `Bearer ${token}`);
    try {
      return await next(request);
    } catch (error) {
      if (!isUnauthenticated(error)) throw error;
      keeper.invalidate(token);
      request.header.set("authorization", `Bearer ${await keeper.token()}`);
      return await next(request);
    }
  };
}

/** A transport whose bytes go through `fetch`, for callers that watch them leave. */
export function transportThrough(fetch?: typeof globalThis.fetch): Transport {
  return createGrpcWebTransport({
    baseUrl,
    interceptors: [repeatable, retrying(), authenticate(session), begun],
    ...(fetch ? { fetch } : { defaultTimeoutMs: DEFAULT_TIMEOUT_MS }),
  });
}
