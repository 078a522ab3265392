/** Which of a video's files is played, and what is to be said about it: pure decisions. */
import { Proxy_Cause, Proxy_State, type Proxy } from "../gen/sage/ingest/v1/proxy_pb";

export type Source = "original" | "proxy";

/** What a person should know about the picture that is shown, or is not. */
export type Notice =
  /** The copy plays. */
  | { readonly kind: "copy" }
  /** The copy is being made. `progress` is 0 to 1, undefined while it waits for its turn. */
  | { readonly kind: "making"; readonly progress: number | undefined; readonly soundOnly: boolean }
  /** There will be none, unless somebody asks for it again. */
  | { readonly kind: "failed"; readonly message: string; readonly reason: string }
  /** The browser shows not even the copy. */
  | { readonly kind: "unplayable" };

export interface Playback {
  /** What is played; undefined while nothing can be. */
  readonly source: Source | undefined;
  readonly notice: Notice | undefined;
  /** Whether it may change by itself, so that it is worth asking again. */
  readonly changes: boolean;
}

/** What the browser has shown itself unable to play. */
export type Refused = ReadonlySet<Source>;

/**
 * The original is tried wherever it may play, since nothing else tells for sure what a browser can
 * do. `plays`: the browser says of itself that it plays the original's codec.
 */
export function choosePlayback(proxy: Proxy, refused: Refused, plays: boolean): Playback {
  const original = !refused.has("original");
  const codecOnly = proxy.cause === Proxy_Cause.VIDEO_CODEC;
  const soundOnly = proxy.cause === Proxy_Cause.AUDIO_CODEC && original;
  if (proxy.state === Proxy_State.READY && !(original && plays && codecOnly)) {
    if (!refused.has("proxy")) return { source: "proxy", notice: { kind: "copy" }, changes: false };
    return original
      ? { source: "original", notice: undefined, changes: false }
      : { source: undefined, notice: { kind: "unplayable" }, changes: false };
  }
  const source = original ? "original" : undefined;
  switch (proxy.state) {
    case Proxy_State.QUEUED:
    case Proxy_State.RUNNING: {
      if (original && !soundOnly) return { source, notice: undefined, changes: false };
      const progress = proxy.state === Proxy_State.RUNNING ? proxy.progress : undefined;
      return { source, notice: { kind: "making", progress, soundOnly }, changes: true };
    }
    case Proxy_State.FAILED: {
      if (original && !soundOnly) return { source, notice: undefined, changes: false };
      const { failureMessage: message, failureReason: reason } = proxy;
      return { source, notice: { kind: "failed", message, reason }, changes: false };
    }
    default:
      return { source, notice: undefined, changes: false };
  }
}

/** A profile of each codec that some browsers play and others do not, as they are asked for it. */
const ASKED: Readonly<Record<string, string>> = {
  hevc: 'video/mp4; codecs="hvc1.1.6.L120.B0"',
};

/** Whether the browser says that it surely plays videos of this codec. */
export function saysItPlays(videoCodec: string, element: Pick<HTMLVideoElement, "canPlayType">): boolean {
  const type = ASKED[videoCodec];
  return type !== undefined && element.canPlayType(type) === "probably";
}
