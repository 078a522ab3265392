import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { choosePlayback, saysItPlays, type Source } from "../../src/media/playback";
import { Proxy_Cause, Proxy_State, ProxySchema, type Proxy } from "../../src/gen/sage/ingest/v1/proxy_pb";

const proxy = (state: Proxy_State, cause: Proxy_Cause = Proxy_Cause.VIDEO_CODEC, progress = 0): Proxy =>
  create(ProxySchema, { state, cause, progress, failureReason: "STORAGE_FULL", failureMessage: "No room." });
const refused = (...sources: Source[]): ReadonlySet<Source> => new Set(sources);

describe("what is played", () => {
  it("is the original when nothing speaks against it", () => {
    const none = proxy(Proxy_State.NOT_NEEDED, Proxy_Cause.UNSPECIFIED);
    expect(choosePlayback(none, refused(), false)).toEqual({ source: "original", notice: undefined, changes: false });
  });

  it("is the copy when it is there", () => {
    const { source, notice } = choosePlayback(proxy(Proxy_State.READY), refused(), false);
    expect([source, notice]).toEqual(["proxy", { kind: "copy" }]);
  });

  it("is the original all the same where the browser says that it plays its codec", () => {
    expect(choosePlayback(proxy(Proxy_State.READY), refused(), true).source).toBe("original");
    expect(choosePlayback(proxy(Proxy_State.READY), refused("original"), true).source).toBe("proxy");
    const asked = proxy(Proxy_State.READY, Proxy_Cause.REQUESTED);
    expect(choosePlayback(asked, refused(), true).source).toBe("proxy");
  });

  it("is the original as long as the browser has not refused it, whatever it is", () => {
    for (const state of [Proxy_State.QUEUED, Proxy_State.RUNNING, Proxy_State.FAILED]) {
      expect(choosePlayback(proxy(state), refused(), false)).toMatchObject({ source: "original", notice: undefined });
    }
  });
});

describe("a picture that is missing", () => {
  it("is explained by how far the copy is", () => {
    expect(choosePlayback(proxy(Proxy_State.QUEUED), refused("original"), false)).toEqual({
      source: undefined,
      notice: { kind: "making", progress: undefined, soundOnly: false },
      changes: true,
    });
    const running = proxy(Proxy_State.RUNNING, Proxy_Cause.VIDEO_CODEC, 0.4);
    expect(choosePlayback(running, refused("original"), false).notice).toMatchObject({ progress: 0.4 });
  });

  it("is explained by why there is no copy", () => {
    expect(choosePlayback(proxy(Proxy_State.FAILED), refused("original"), false)).toMatchObject({
      source: undefined,
      notice: { kind: "failed", message: "No room.", reason: "STORAGE_FULL" },
    });
  });

  it("is explained when the browser plays not even the copy", () => {
    const both = refused("original", "proxy");
    expect(choosePlayback(proxy(Proxy_State.READY), both, false).notice).toEqual({ kind: "unplayable" });
  });
});

it("a picture that may play without its sound is shown until the copy is there", () => {
  const running = proxy(Proxy_State.RUNNING, Proxy_Cause.AUDIO_CODEC, 0.5);
  expect(choosePlayback(running, refused(), false)).toEqual({
    source: "original",
    notice: { kind: "making", progress: 0.5, soundOnly: true },
    changes: true,
  });
});

it("only a browser that is sure is believed", () => {
  const browser = (answer: CanPlayTypeResult) => ({ canPlayType: () => answer });
  expect(saysItPlays("hevc", browser("probably"))).toBe(true);
  expect(saysItPlays("hevc", browser("maybe"))).toBe(false);
  expect(saysItPlays("prores", browser("probably"))).toBe(false);
});
