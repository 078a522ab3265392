import { create } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/api/backoff";
import { isCancelled, isUnauthenticated, ownError, problemOfStatus, toProblem } from "../../src/api/errors";
import { ErrorInfoSchema, RetryInfoSchema } from "../../src/gen/google/rpc/error_details_pb";
import { StatusSchema } from "../../src/gen/google/rpc/status_pb";
import { en } from "../../src/texts/en";

describe("an error", () => {
  it("is told in the server's words, with its reason", () => {
    const error = new ConnectError("notes.mp4 is a text", Code.InvalidArgument, undefined, [
      { desc: ErrorInfoSchema, value: { reason: "NOT_A_VIDEO", domain: "sage" } },
    ]);
    expect(toProblem(error)).toEqual({
      reason: "NOT_A_VIDEO",
      message: "notes.mp4 is a text.",
      retryable: false,
    });
  });

  it("says when to come back", () => {
    const error = new ConnectError("busy", Code.ResourceExhausted, undefined, [
      { desc: RetryInfoSchema, value: { retryDelay: { seconds: 2n, nanos: 500_000_000 } } },
    ]);
    expect(toProblem(error)).toMatchObject({ retryable: true, retryAfterMs: 2500 });
  });

  it("of the network is told as such, and may be tried again", () => {
    expect(toProblem(new TypeError("Failed to fetch"))).toEqual({
      reason: "UNAVAILABLE",
      message: en.api.noAnswer,
      retryable: true,
    });
  });

  it("has a canonical name where the server gave no reason", () => {
    expect(toProblem(new ConnectError("late", Code.DeadlineExceeded))).toEqual({
      reason: "DEADLINE_EXCEEDED",
      message: en.api.tooLong,
      retryable: true,
    });
    expect(toProblem(new ConnectError("", Code.NotFound)).message).toBe(en.api.unknown);
  });

  it("of the page's own keeps its reason and its words", () => {
    const error = ownError("SESSION_ENDED", en.api.sessionEnded, Code.Unauthenticated);
    expect(toProblem(error)).toEqual({ reason: "SESSION_ENDED", message: en.api.sessionEnded, retryable: false });
    expect(isUnauthenticated(error)).toBe(true);
  });

  it("can be part of a task", () => {
    const status = create(StatusSchema, {
      code: 9,
      message: "the vendor refused",
      details: [anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason: "VENDOR_REJECTED" }))],
    });
    expect(problemOfStatus(status)).toEqual({
      reason: "VENDOR_REJECTED",
      message: "The vendor refused.",
      retryable: false,
    });
  });

  it("is none where the caller gave up", () => {
    expect(isCancelled(new DOMException("stop", "AbortError"))).toBe(true);
    expect(isCancelled(new ConnectError("x", Code.Canceled))).toBe(true);
    expect(isCancelled(new ConnectError("x", Code.Unavailable))).toBe(false);
  });
});

describe("waiting between tries", () => {
  it("doubles up to a ceiling, with chance in it", () => {
    const rule = { firstMs: 500, maxMs: 3000 };
    expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, rule, 1))).toEqual([500, 1000, 2000, 3000]);
    expect(backoffMs(2, rule, 0)).toBe(500);
  });
});
