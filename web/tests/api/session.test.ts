// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { beforeEach, describe, expect, it } from "vitest";
import { SessionKeeper, type OpenSession } from "../../src/api/session";
import { SessionSchema } from "../../src/gen/sage/embed/v1/session_pb";

const MINUTE = 60_000;

describe("the session", () => {
  let now: number;
  let opened: string[];
  let refuse: Error | undefined;

  const open: OpenSession = (key) => {
    opened.push(key);
    if (refuse) return Promise.reject(refuse);
    return Promise.resolve(
      create(SessionSchema, {
        accessToken: `token ${opened.length}`,
        workspace: key ? "workspaces/mine" : "workspaces/shared",
        expireTime: timestampFromMs(now + 60 * MINUTE),
        hasApiKey: key !== "",
      }),
    );
  };
  const keeper = (): SessionKeeper => new SessionKeeper(open, window.sessionStorage, () => now);

  beforeEach(() => {
    now = 1_000_000;
    opened = [];
    refuse = undefined;
    window.sessionStorage.clear();
  });

  it("opens by itself, once for many calls", async () => {
    const session = keeper();
    await expect(Promise.all([session.token(), session.token()])).resolves.toEqual(["token 1", "token 1"]);
    expect(opened).toEqual([""]);
  });

  it("survives a reload", async () => {
    await keeper().token();
    await expect(keeper().token()).resolves.toBe("token 1");
  });

  it("is renewed before it ends, and when the server refuses it", async () => {
    const session = keeper();
    await session.token();
    now += 59.5 * MINUTE;
    await expect(session.token()).resolves.toBe("token 2");
    session.invalidate("token 1");
    await expect(session.token()).resolves.toBe("token 2");
    session.invalidate("token 2");
    await expect(session.token()).resolves.toBe("token 3");
  });

  it("says which workspace it is renewing, so that the page can stay", async () => {
    const session = keeper();
    await session.token();
    session.invalidate("token 1");
    expect(session.snapshot()).toEqual({ status: "signing-in", workspace: "workspaces/shared" });
  });

  it("never keeps an API key", async () => {
    await keeper().signIn("tlk_secret");
    expect(JSON.stringify(window.sessionStorage)).not.toContain("tlk_secret");
  });

  it("with a key does not turn into an anonymous one when it ends", async () => {
    const session = keeper();
    await session.signIn("tlk_secret");
    now += 61 * MINUTE;
    await expect(session.token()).rejects.toThrow("Sign in again");
    expect(session.snapshot()).toMatchObject({ status: "signed-out", ended: true });
    await session.signOut();
    expect(session.snapshot()).toMatchObject({ status: "signed-in", identity: { workspace: "workspaces/shared" } });
  });

  it("tells why nobody is let in", async () => {
    refuse = new ConnectError("needs a key", Code.Unauthenticated);
    const session = keeper();
    await expect(session.token()).rejects.toThrow();
    expect(session.snapshot()).toMatchObject({ status: "signed-out", ended: false, problem: { message: "Needs a key." } });
  });

  it("stays when another key is wrong", async () => {
    const session = keeper();
    await session.token();
    refuse = new ConnectError("wrong", Code.Unauthenticated);
    await expect(session.signIn("bad")).rejects.toThrow("wrong");
    await expect(session.token()).resolves.toBe("token 1");
  });
});
