/** One video element, told where to be: seeks are coalesced, play and pause are idempotent. */
import { FrameLag } from "./frameLag";
import { Steering } from "./steering";
import { frameCentre } from "./sync";

/** What of a video element is used; tests give a stand-in. */
export type MediaElement = Pick<
  HTMLVideoElement,
  | "currentTime" | "duration" | "paused" | "seeking" | "ended" | "playbackRate" | "muted" | "error"
  | "preservesPitch" | "volume" | "readyState" | "play" | "pause" | "addEventListener" | "removeEventListener"
> &
  // Not every browser has them.
  Partial<Pick<HTMLVideoElement, "requestVideoFrameCallback" | "cancelVideoFrameCallback">>;

/** A volume of -140 dB, less than the last bit of 24. */
const INAUDIBLE = 1e-7;
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

  #heard = false;
  /** The speed that it should have by itself. */
  #rate = 1;

  readonly #lag = new FrameLag();
  readonly #steering = new Steering();
  #frameHandle: number | undefined;

  constructor(
    readonly element: MediaElement,
    readonly frameRate: number,
    /** Milliseconds, of the clock that tells of frames. */
    private readonly now: () => number,
  ) {
    this.#watchFrames();
    element.addEventListener("seeked", this.#arrived);
    element.addEventListener("loadedmetadata", this.#flush);
  }

  dispose(): void {
    this.element.removeEventListener("seeked", this.#arrived);
    this.element.removeEventListener("loadedmetadata", this.#flush);
    if (this.#frameHandle !== undefined) this.element.cancelVideoFrameCallback?.(this.#frameHandle);
    this.element.pause();
  }

  /** How far its frames are behind its clock, in seconds of the clock on the wall. */
  get lag(): number {
    return this.#lag.seconds;
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

  /**
   * Whether it can be heard. What is muted runs by a timer of its own in some browsers, which loses
   * time when the machine is busy; what is too faint for any loudspeaker runs by the clock of the
   * sound, as the other one does.
   */
  set heard(heard: boolean) {
    const { element } = this;
    element.volume = heard ? 1 : INAUDIBLE;
    // Where the volume is the device's alone, it stays as it is.
    element.muted = !heard && element.volume > INAUDIBLE;
    this.#heard = heard;
    this.#keepPitch(this.#rate);
  }

  /**
   * Stretching sound without changing its pitch takes a moment when it begins, in which the picture
   * stands. At the recorded speed only corrections would begin it: where nobody hears them, the pitch
   * may change. At any other speed the leader's sound is stretched all the time, and the follower's
   * has to go the same way: what is stretched and what is not do not keep the same time.
   */
  #keepPitch(rate: number): void {
    this.#rate = rate;
    const keeps = this.#heard || rate !== 1;
    if (this.element.preservesPitch !== keeps) this.element.preservesPitch = keeps;
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
    this.#steering.reset();
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
    this.#steering.reset();
    if (this.#isOver(time)) return;
    const far = Math.abs(this.time - time) > LOST_SECONDS;
    this.#play(rate, far ? time + this.shift : undefined);
  }

  /**
   * Plays at `rate`, faster or slower until it shows what it should: the frame at `time`, and that as
   * late as the leader's frames are behind their own clock.
   */
  follow(time: number, rate: number, leaderLag = 0): void {
    const { element } = this;
    if (this.#isOver(time)) return;
    const target = time + this.shift + (this.lag - leaderLag) * rate;
    const now = this.now() / 1000;
    const fix = this.#steering.decide({ now, target, actual: element.currentTime, rate, frame: this.frame / rate });
    this.#keepPitch(rate);
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

  #watchFrames(): void {
    this.#frameHandle = this.element.requestVideoFrameCallback?.((_, frame) => {
      const { paused, seeking, currentTime, playbackRate } = this.element;
      // The clock is read now, not at the beginning of the picture of the screen that is told.
      if (!paused && !seeking && !this.#steering.nudging) this.#lag.add(frame, this.now(), currentTime, playbackRate);
      this.#watchFrames();
    });
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
    this.#steering.reset();
    this.#seekBegan = this.now();
    this.element.currentTime = time;
  }

  readonly #arrived = (): void => {
    if (this.#seekBegan !== undefined) {
      const seconds = (this.now() - this.#seekBegan) / 1000;
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
