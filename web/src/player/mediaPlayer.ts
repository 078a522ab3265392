/** One video element, told where to be: seeks are coalesced, play and pause are idempotent. */
import { correct, frameCentre } from "./sync";

/** What of a video element is used; tests give a stand-in. */
export type MediaElement = Pick<
  HTMLVideoElement,
  | "currentTime" | "duration" | "paused" | "seeking" | "ended" | "playbackRate" | "muted" | "error"
  | "readyState" | "play" | "pause" | "addEventListener" | "removeEventListener"
>;

/** A leader that is further away than this from where it should be was moved by somebody. */
const LOST_SECONDS = 0.35;
/** What a seek is taken to last at most; a longer one is the network's fault, not the rule. */
const LONGEST_SEEK_SECONDS = 0.5;
/** From here on there is a frame at the present position. */
const HAVE_CURRENT_DATA = 2;

export class MediaPlayer {
  /** What is shown is this much later in the file than it is asked for, in seconds. */
  shift = 0;
  #wanted: number | undefined;
  #seekBegan: number | undefined;
  /** How long seeks have taken of late. */
  #seekSeconds = 0.1;

  constructor(
    readonly element: MediaElement,
    readonly frameRate: number,
  ) {
    element.addEventListener("seeked", this.#arrived);
    element.addEventListener("loadedmetadata", this.#flush);
  }

  dispose(): void {
    this.element.removeEventListener("seeked", this.#arrived);
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

  /** The time that is shown, as it is asked for. */
  get time(): number {
    return this.element.currentTime - this.shift;
  }

  /** Whether the file has nothing there yet. */
  precedes(time: number): boolean {
    return time + this.shift < 0;
  }

  /** Shows the frame at `time` and stays there. */
  hold(time: number): void {
    if (!this.element.paused) this.element.pause();
    this.cue(time);
  }

  /** Goes to the frame at `time`, whether it plays or not. */
  cue(time: number): void {
    const target = frameCentre(Math.max(0, time + this.shift), this.frameRate, this.#duration(time));
    if (Math.abs(this.element.currentTime - target) > this.frame * 0.45) this.#seek(target);
  }

  /** Plays at exactly `rate`; goes to `time` only when it is far from there. */
  lead(time: number, rate: number): void {
    if (this.#isOver(time)) return;
    const far = Math.abs(this.time - time) > LOST_SECONDS;
    this.#play(rate, far ? time + this.shift : undefined);
  }

  /** Plays at `rate`, faster or slower until it is where it should be: at `time`. */
  follow(time: number, rate: number): void {
    const { element } = this;
    if (this.#isOver(time)) return;
    const fix = correct(time + this.shift, element.currentTime, rate, this.frame);
    // A seek takes a moment, in which the other side goes on.
    const ahead = fix.kind === "seek" ? fix.to + this.#seekSeconds * rate : undefined;
    this.#play(fix.kind === "nudge" ? fix.rate : rate, ahead);
  }

  /** At the end of the file, a few milliseconds before the end of its last region. */
  #isOver(time: number): boolean {
    return this.element.ended && time > this.time - 0.5;
  }

  #play(rate: number, jump: number | undefined): void {
    const { element } = this;
    if (Math.abs(element.playbackRate - rate) > 1e-3) element.playbackRate = rate;
    if (jump !== undefined && !element.seeking) this.#seek(jump);
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
    this.#seekBegan = performance.now();
    this.element.currentTime = time;
  }

  readonly #arrived = (): void => {
    if (this.#seekBegan !== undefined) {
      const seconds = (performance.now() - this.#seekBegan) / 1000;
      this.#seekSeconds = Math.min((this.#seekSeconds + seconds) / 2, LONGEST_SEEK_SECONDS);
      this.#seekBegan = undefined;
    }
    this.#flush();
  };

  readonly #flush = (): void => {
    const wanted = this.#wanted;
    if (wanted !== undefined) this.#seek(wanted);
  };
}
