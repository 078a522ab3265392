/** The way to the gateway: gRPC-web on the page's own origin, with a token on every call. */
import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { SessionService } from "../gen/sage/embed/v1/session_pb";
import { isUnauthenticated } from "./errors";
import { SessionKeeper } from "./session";

const baseUrl = window.location.origin;
const DEFAULT_TIMEOUT_MS = 30_000;

const anonymous = createClient(
  SessionService,
  createGrpcWebTransport({ baseUrl, defaultTimeoutMs: DEFAULT_TIMEOUT_MS }),
);

export const session = new SessionKeeper(
  (twelvelabsApiKey) => anonymous.createSession({ twelvelabsApiKey }),
  window.sessionStorage,
);

/** Adds the token; when the server refuses it, signs in again and repeats the call once. */
export function authenticate(keeper: Pick<SessionKeeper, "token" | "invalidate">): Interceptor {
  return (next) => async (request) => {
    const token = await keeper.token();
    request.header.set("authorization", `Bearer ${token}`);
    try {
      return await next(request);
    } catch (error) {
      // The messages of a client stream are used up by the first try.
      if (!isUnauthenticated(error) || (request.stream && request.method.methodKind !== "server_streaming")) {
        throw error;
      }
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
    interceptors: [authenticate(session)],
    ...(fetch ? { fetch } : { defaultTimeoutMs: DEFAULT_TIMEOUT_MS }),
  });
}
