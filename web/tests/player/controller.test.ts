import { beforeEach, describe, expect, it } from "vitest";
import { PlayerController } from "../../src/player/controller";
import type { MediaElement } from "../../src/player/mediaPlayer";
import { buildMaster } from "../../src/domain/masterTimeline";
import { region } from "../domain/builders";

/** A video element whose time moves when it is told to. */
class FakeVideo extends EventTarget implements MediaElement {
  currentTime = 0;
  paused = true;
  seeking = false;
  playbackRate = 1;
  muted = false;
  preservesPitch = true;
  volume = 1;
  error = null;
  readyState = 4;

  constructor(readonly duration: number) {
    super();
  }

  get ended(): boolean {
    return this.currentTime >= this.duration;
  }

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  advance(seconds: number): void {
    if (!this.paused) this.currentTime = Math.min(this.duration, this.currentTime + seconds * this.playbackRate);
  }
}

/** One whose frames come on the screen later than its clock says. */
class LateVideo extends FakeVideo {
  #told: VideoFrameRequestCallback | undefined;

  constructor(
    duration: number,
    private readonly late: number,
    private readonly clock: () => number,
  ) {
    super(duration);
  }

  get shown(): number {
    return this.currentTime - this.late;
  }

  requestVideoFrameCallback(told: VideoFrameRequestCallback): number {
    this.#told = told;
    return 1;
  }

  cancelVideoFrameCallback(): void {
    this.#told = undefined;
  }

  override advance(seconds: number): void {
    super.advance(seconds);
    const told = this.#told;
    this.#told = undefined;
    told?.(this.clock(), { expectedDisplayTime: this.clock(), mediaTime: this.shown } as VideoFrameCallbackMetadata);
  }
}

describe("both players", () => {
  let now: number;
  let tick: (() => void) | undefined;
  let a: FakeVideo;
  let b: FakeVideo;
  let player: PlayerController;

  /** Lets time pass, 40 ms a frame. */
  const pass = (seconds: number): void => {
    for (let frame = 0; frame < Math.round(seconds / 0.04); frame += 1) {
      now += 40;
      a.advance(0.04);
      b.advance(0.04);
      const run = tick;
      tick = undefined;
      run?.();
    }
  };

  beforeEach(() => {
    now = 0;
    tick = undefined;
    player = new PlayerController({
      now: () => now,
      request: (run) => {
        tick = run;
        return 1;
      },
      cancel: () => {
        tick = undefined;
      },
    });
    a = new FakeVideo(20);
    b = new FakeVideo(24);
    player.attach("a", a, 25);
    player.attach("b", b, 25);
    player.setMaster(
      buildMaster(
        [
          region("UNCHANGED", [0, 10], [0, 10]),
          region("INSERTED", [10, 10], [10, 14]),
          region("UNCHANGED", [10, 20], [14, 24]),
        ],
        20,
        24,
      ),
    );
  });

  it("play together", () => {
    player.play();
    pass(2);
    expect(player.time).toBeCloseTo(2, 1);
    expect(a.currentTime).toBeCloseTo(2, 1);
    expect(b.currentTime).toBeCloseTo(2, 1);
  });

  it("wait for each other: A stands still while B plays what was inserted", () => {
    player.seek(9);
    player.play();
    pass(3);
    expect(a.paused).toBe(true);
    expect(a.currentTime).toBeCloseTo(10, 1);
    expect(b.currentTime).toBeCloseTo(12, 1);
    pass(4);
    expect(a.paused).toBe(false);
    expect(a.currentTime).toBeCloseTo(12, 1);
    expect(b.currentTime).toBeCloseTo(16, 1);
  });

  it("are shown beside their places when they are nudged", () => {
    player.seek(5);
    player.nudge("b", 0.08);
    expect(a.currentTime).toBeCloseTo(5.02, 2);
    expect(b.currentTime).toBeCloseTo(5.1, 2);
    expect([player.shown("a"), player.shown("b")]).toEqual([5, 5.08]);
    player.play();
    pass(2);
    expect(player.time).toBeCloseTo(7, 1);
    expect(b.currentTime - a.currentTime).toBeCloseTo(0.08, 1);
  });

  it.each(["a", "b"] as const)("wait where a nudge asks for what is before the file: listening to %s", (heard) => {
    player.setListen(heard);
    player.nudge("b", -1);
    player.play();
    pass(0.52);
    expect(b.currentTime).toBeLessThan(0.1);
    expect(player.time).toBeCloseTo(0.5, 1);
    pass(2);
    expect(b.currentTime).toBeCloseTo(a.currentTime - 1, 0);
  });

  it.each(["a", "b"] as const)("come to the end where a nudge asks for what is behind the file: listening to %s", (heard) => {
    player.setListen(heard);
    player.nudge("b", 2);
    player.seek(20);
    player.play();
    pass(5);
    expect(player.snapshot().playing).toBe(false);
    expect(player.time).toBe(24);
  });

  it("play at the pace that is set, and keep it over a stop", () => {
    player.setPace(0.5);
    player.play();
    expect(player.snapshot()).toMatchObject({ playing: true, speed: 0.5 });
    player.setPace(2);
    expect(player.snapshot().speed).toBe(2);
    player.pause();
    player.play();
    expect(player.snapshot().speed).toBe(2);
    player.play(-1);
    player.setPace(0.25);
    expect(player.snapshot()).toMatchObject({ speed: -1, pace: 0.25 });
  });

  it.each(["a", "b"] as const)("close a drift by the speed of the side that is not heard: listening to %s", (heard) => {
    const [leader, follower] = heard === "a" ? [a, b] : [b, a];
    player.setListen(heard);
    player.play();
    pass(1);
    follower.currentTime -= 0.2;
    pass(0.04);
    expect(follower.playbackRate).toBeGreaterThan(1);
    for (let frame = 0; frame < 25; frame += 1) {
      pass(0.04);
      expect(leader.playbackRate).toBe(1);
    }
    expect(Math.abs(b.currentTime - a.currentTime)).toBeLessThan(0.04);
    expect(follower.playbackRate).toBe(1);
  });

  it("leave the sound alone where the heard side is the shorter one, until it stands still", () => {
    player.setMaster(buildMaster([region("REPLACED", [0, 2], [0, 6])], 2, 6));
    player.setListen("a");
    player.play();
    pass(1);
    b.currentTime += 0.2;
    pass(0.4);
    expect(a.playbackRate).toBe(1);
    expect(a.currentTime).toBeCloseTo(1.4, 1);
    pass(2);
    expect(a.paused).toBe(true);
    expect(b.currentTime).toBeCloseTo(3.4, 0);
    pass(3);
    expect(player.time).toBe(6);
  });

  it("stop at the end and begin again from the start", () => {
    player.seek(23.5);
    player.play();
    pass(1);
    expect(player.snapshot().playing).toBe(false);
    expect(player.time).toBe(24);
    player.play();
    pass(0.2);
    expect(player.time).toBeLessThan(1);
  });

  it("show the frames of both while stepping", () => {
    player.seek(5);
    player.step(1);
    expect(player.time).toBeCloseTo(5.04);
    expect(a.currentTime).toBeCloseTo(5.06);
    expect(b.currentTime).toBeCloseTo(5.06);
    player.step(-2);
    expect(player.time).toBeCloseTo(4.96);
  });

  it("go round a loop", () => {
    player.setLoop({ start: 4, end: 5 });
    player.play();
    expect(player.time).toBe(4);
    pass(1.4);
    expect(player.time).toBeGreaterThanOrEqual(4);
    expect(player.time).toBeLessThan(5);
  });

  it("play backwards by showing frame after frame", () => {
    player.seek(5);
    player.shuttle(-1);
    pass(1);
    expect(player.time).toBeCloseTo(4, 1);
    expect(a.currentTime).toBeCloseTo(4, 1);
    expect(a.paused).toBe(true);
  });

  it("are heard one at a time", () => {
    const heard = (): boolean[] => [a, b].map(({ muted, volume }) => !muted && volume > 1e-6);
    player.setListen("a");
    expect(heard()).toEqual([true, false]);
    player.setListen("off");
    expect(heard()).toEqual([false, false]);
    player.setListen("b");
    expect(heard()).toEqual([false, true]);
  });

  it("have their sound stretched alike at every speed but the recorded one", () => {
    for (const [pace, alike] of [[1, false], [2, true], [0.5, true], [4, true], [1, false]] as const) {
      player.pause();
      player.setPace(pace);
      player.play();
      pass(0.2);
      expect(b.preservesPitch).toBe(true);
      expect(a.preservesPitch).toBe(alike);
    }
  });

  it("are muted where a page cannot change the volume", () => {
    Object.defineProperty(a, "volume", { get: () => 1, set: () => undefined });
    player.setListen("b");
    expect([a.muted, b.muted]).toEqual([true, false]);
    player.setListen("a");
    expect([a.muted, b.muted]).toEqual([false, false]);
  });

  it("go on by the clock where the leading video cannot be played", () => {
    Object.assign(a, { error: { code: 4 } });
    player.play();
    pass(1);
    expect(player.time).toBeCloseTo(1, 1);
  });

  it("ask for the last place only, where many seeks come at once", () => {
    a.seeking = true;
    player.seek(3);
    player.seek(7);
    a.seeking = false;
    a.dispatchEvent(new Event("seeked"));
    expect(a.currentTime).toBeCloseTo(7.02);
  });

  it("show the same frames, though one of them is slow to show them", () => {
    const [slow, quick] = [new LateVideo(20, 0.12, () => now), new LateVideo(24, 0.01, () => now)];
    for (const leads of ["a", "b"] as const) {
      [a, b] = leads === "a" ? [slow, quick] : [quick, slow];
      player.pause();
      player.setMaster(buildMaster([region("UNCHANGED", [0, 20], [0, 20])], 20, 20));
      player.attach("a", a, 25);
      player.attach("b", b, 25);
      player.setListen(leads);
      player.seek(2);
      player.play();
      pass(6);
      expect(Math.abs(slow.shown - quick.shown)).toBeLessThan(0.03);
      expect((leads === "a" ? a : b).playbackRate).toBe(1);
    }
  });
});
