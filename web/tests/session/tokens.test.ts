import { describe as suite, expect, it } from "vitest";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ApiToken_Scope } from "../../src/gen/sage/embed/v1/api_token_pb";
import { describe, LIFETIMES, SCOPES, scopeOf, secondsOf } from "../../src/session/tokens";

suite("API tokens", () => {
  it("say what they may do and until when", () => {
    const expireTime = timestampFromDate(new Date("2027-03-01T23:00:00Z"));
    expect(describe({ scope: ApiToken_Scope.READ, expireTime })).toBe("Reads until 2027-03-01");
    expect(describe({ scope: ApiToken_Scope.WRITE, expireTime })).toBe("Reads and writes until 2027-03-01");
  });

  it("have the scope and the length of life that were chosen", () => {
    expect(SCOPES.map(scopeOf)).toEqual([ApiToken_Scope.READ, ApiToken_Scope.WRITE]);
    expect(LIFETIMES.map(secondsOf)).toEqual([2592000n, 7776000n, 31536000n]);
  });
});
