// @vitest-environment happy-dom
import { Code } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { SessionKeeper } from "../../src/api/session";
import { identityOfLink, linkOf, NO_STORAGE } from "../../src/api/sharedLink";

const NOW = 1_700_000_000_000;

function token(claims: object): string {
  const text = String.fromCharCode(...new TextEncoder().encode(JSON.stringify(claims)));
  const base64 = btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  return `header.${base64}.signature`;
}

const SHARED = token({ workspace: "wörk", exp: NOW / 1000 + 30, share: { comparison: "comparisons/c", videos: ["videos/a"] } });
const hashOf = (url: string): string => new URL(url).hash;

describe("a shared link", () => {
  it("opens one comparison, and keeps its token behind the hash", () => {
    const url = linkOf("https://sage.example", SHARED);
    expect(new URL(url).search).toBe("");
    expect(identityOfLink(hashOf(url))).toEqual({
      token: SHARED,
      workspace: "wörk",
      expiresAtMs: NOW + 30_000,
      hasApiKey: false,
      shared: "comparisons/c",
    });
  });

  it.each(["", "#other", "#share=", "#share=a.b.c", "#share=nonsense", `#share=${token({ workspace: "w", exp: 1 })}`, `#share=${token([])}`])(
    "is not what %s is",
    (hash) => {
      expect(identityOfLink(hash)).toBeUndefined();
    },
  );

  it("is good to its end, and never becomes a session of one's own", async () => {
    let now = NOW;
    const opened: string[] = [];
    const open = (key: string) => {
      opened.push(key);
      return Promise.reject(new Error("nobody signs in here"));
    };
    const session = new SessionKeeper(open, NO_STORAGE, () => now, identityOfLink(hashOf(linkOf("https://x", SHARED))));
    await expect(session.token()).resolves.toBe(SHARED);
    now += 31_000;
    await expect(session.token()).rejects.toMatchObject({ code: Code.Unauthenticated });
    expect(session.snapshot()).toMatchObject({ status: "signed-out", problem: { reason: "LINK_ENDED" } });
    expect(opened).toEqual([]);
  });

  it("ends when the server says so", async () => {
    const session = new SessionKeeper(() => Promise.reject(new Error("no")), NO_STORAGE, () => NOW, identityOfLink(`#share=${SHARED}`));
    session.invalidate(SHARED);
    await expect(session.token()).rejects.toMatchObject({ code: Code.Unauthenticated });
  });
});
