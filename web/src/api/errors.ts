/** What went wrong in a call, as the server tells it: a reason for programs, a message for people. */
import { Code, ConnectError } from "@connectrpc/connect";
import { ErrorInfoSchema, RetryInfoSchema } from "../gen/google/rpc/error_details_pb";
import type { Status } from "../gen/google/rpc/status_pb";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { texts } from "../texts";

/** An error that can be shown beside the thing it concerns. */
export interface Problem {
  /** `google.rpc.ErrorInfo.reason`, or the canonical code when the server gave no reason. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
  /** Whether trying again unchanged may help. */
  readonly retryable: boolean;
  /** How long to wait before trying again, in milliseconds, when the server said so. */
  readonly retryAfterMs?: number;
}

const RETRYABLE = new Set<number>([Code.Unavailable, Code.DeadlineExceeded, Code.Aborted]);

/** Words for errors that never reached SAGE, whose own texts are of no use to people. */
const TRANSPORT_MESSAGES: Partial<Record<Code, "noAnswer" | "tooLong">> = {
  [Code.Unavailable]: "noAnswer",
  [Code.DeadlineExceeded]: "tooLong",
  [Code.Unknown]: "noAnswer",
};

/** Whether the caller itself gave the call up. */
export function isCancelled(error: unknown): boolean {
  if (error instanceof DOMException) return error.name === "AbortError";
  return error instanceof ConnectError && error.code === Code.Canceled;
}

/** Whether a new session may help: the token is missing, malformed or expired. */
export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ConnectError && error.code === Code.Unauthenticated;
}

/** Whether the very same call may do better in a moment: SAGE, or the way to it, is busy or away. */
export function isPassing(error: unknown): boolean {
  const failure = ConnectError.from(error);
  if (isCancelled(failure)) return false;
  return failure.code === Code.Unavailable || failure.findDetails(RetryInfoSchema).length > 0 || isOfNetwork(failure);
}

/** A failed fetch reaches us as Unknown or Internal without details: the network, not SAGE. */
function isOfNetwork(failure: ConnectError): boolean {
  return failure.cause instanceof TypeError && failure.findDetails(ErrorInfoSchema).length === 0;
}

/** What the page itself refuses, in its own words: for a reason that no service has. */
export function ownError(reason: string, message: string, code: Code): ConnectError {
  return new ConnectError(message, code, undefined, [{ desc: ErrorInfoSchema, value: { reason, domain: "page" } }]);
}

/** Makes any thrown value presentable. */
export function toProblem(error: unknown): Problem {
  const failure = ConnectError.from(error);
  const info = failure.findDetails(ErrorInfoSchema)[0];
  const delay = failure.findDetails(RetryInfoSchema)[0]?.retryDelay;
  const network = isOfNetwork(failure);
  const t = texts().api;
  const own = info ? undefined : TRANSPORT_MESSAGES[network ? Code.Unavailable : failure.code];
  return {
    reason: info?.reason ?? (network ? "UNAVAILABLE" : codeName(failure.code)),
    message: own ? t[own] : sentence(failure.rawMessage || t.unknown),
    retryable: network || delay !== undefined || RETRYABLE.has(failure.code),
    ...(delay ? { retryAfterMs: Number(delay.seconds) * 1000 + delay.nanos / 1e6 } : {}),
  };
}

/** The same for an error that is part of a resource, such as a failed task. */
export function problemOfStatus(status: Status): Problem {
  const info = status.details
    .map((detail) => anyUnpack(detail, ErrorInfoSchema))
    .find((detail) => detail !== undefined);
  return {
    reason: info?.reason ?? codeName(status.code),
    message: sentence(status.message || texts().api.unknown),
    retryable: RETRYABLE.has(status.code),
  };
}

/** The canonical name of a code: `DEADLINE_EXCEEDED`. */
function codeName(code: number): string {
  const name: string | undefined = Code[code];
  return (name ?? "Unknown").replace(/(?<!^)([A-Z])/g, "_$1").toUpperCase();
}

/** A capital first and a full stop last; names such as `videos/1a` and `cut.mp4` stay as they are. */
function sentence(text: string): string {
  const trimmed = text.trim();
  const word = /^[a-z]+(?=[\s,])/.test(trimmed);
  const capital = word ? trimmed.charAt(0).toUpperCase() + trimmed.slice(1) : trimmed;
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}
