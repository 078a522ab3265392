/** One video element, told where to be: seeks are coalesced, play and pause are idempotent. */
import { correct, frameCentre } from "./sync";

/** What of a video element is used; tests give a stand-in. */
export type MediaElement = Pick<
  HTMLVideoElement,
  | "currentTime" | "duration" | "paused" | "seeking" | "ended" | "playbackRate" | "muted" | "error"
  | "readyState" | "play" | "pause" | "addEventListener" | "removeEventListener"
>;

/** From here on there is a frame at the present position. */
const HAVE_CURRENT_DATA = 2;

export class MediaPlayer {
  #wanted: number | undefined;

  constructor(
    readonly element: MediaElement,
    readonly frameRate: number,
  ) {
    element.addEventListener("seeked", this.#flush);
    element.addEventListener("loadedmetadata", this.#flush);
  }

  dispose(): void {
    this.element.removeEventListener("seeked", this.#flush);
    this.element.removeEventListener("loadedmetadata", this.#flush);
    this.element.pause();
  }

  get frame(): number {
    return 1 / (this.frameRate > 0 ? this.frameRate : 25);
  }

  /** Whether its time can be believed: it plays, or could, and is not on its way elsewhere. */
  get settled(): boolean {
    const { seeking, readyState, error } = this.element;
    return !seeking && error === null && readyState >= HAVE_CURRENT_DATA;
  }

  get broken(): boolean {
    return this.element.error !== null;
  }

  /** Shows the frame at `time` and stays there. */
  hold(time: number): void {
    if (!this.element.paused) this.element.pause();
    this.cue(time);
  }

  /** Goes to the frame at `time`, whether it plays or not. */
  cue(time: number): void {
    const target = frameCentre(time, this.frameRate, this.#duration(time));
    if (Math.abs(this.element.currentTime - target) > this.frame * 0.45) this.#seek(target);
  }

  /** Plays at `rate`, and gets to where it should be when it is not: `time`. */
  run(time: number, rate: number): void {
    const { element } = this;
    // At the end of the file, a few milliseconds before the end of its last region.
    if (element.ended && Math.abs(element.currentTime - time) < 0.5) return;
    const fix = correct(time, element.currentTime, rate, this.frame);
    const speed = fix.kind === "nudge" ? fix.rate : rate;
    if (Math.abs(element.playbackRate - speed) > 1e-3) element.playbackRate = speed;
    if (fix.kind === "seek" && !element.seeking) this.#seek(fix.to);
    if (element.paused) {
      // Refused or interrupted plays show as a paused element and are tried again next tick.
      element.play().catch(() => undefined);
    }
  }

  #duration(fallback: number): number {
    return Number.isFinite(this.element.duration) ? this.element.duration : fallback + 1;
  }

  #seek(time: number): void {
    if (this.element.seeking || this.element.readyState === 0) {
      this.#wanted = time;
      return;
    }
    this.#wanted = undefined;
    this.element.currentTime = time;
  }

  readonly #flush = (): void => {
    const wanted = this.#wanted;
    if (wanted !== undefined) this.#seek(wanted);
  };
}
