import { describe, expect, it } from "vitest";
import { Steering, type Correction } from "../../src/player/steering";

/** What may be left, in seconds on the wall, and of a frame. */
const LEFT = 0.008;
const LEFT_FRAMES = 0.2;
const FRAME = 0.04;
/** What is sure after more than two seconds. */
const SURE = 0.003 / 2.4;
const RATES = [0.25, 0.5, 1, 2, 4];

/** A follower that does what it is told, read once a tick; `jitter` is added to what is read. */
class Follower {
  now = 0;
  speed: number;
  readonly steering = new Steering();

  constructor(
    readonly rate: number,
    /** How far it is behind, in seconds of the file. */
    public behind: number,
    private readonly tick = 1 / 60,
    private readonly jitter: (tick: number) => number = () => 0,
  ) {
    this.speed = rate;
  }

  #ticks = 0;

  once(): Correction {
    this.now += this.tick;
    this.behind -= (this.speed - this.rate) * this.tick;
    this.#ticks += 1;
    const fix = this.steering.decide({
      now: this.now,
      target: this.behind + this.jitter(this.#ticks),
      actual: 0,
      rate: this.rate,
      frame: FRAME / this.rate,
    });
    this.speed = fix.kind === "nudge" ? fix.rate : this.rate;
    if (fix.kind === "seek") this.behind -= fix.to;
    return fix;
  }

  /** The speeds that it was given, one after another. */
  pass(seconds: number): number[] {
    const speeds: number[] = [];
    for (const end = this.now + seconds; this.now < end; ) {
      this.once();
      if (speeds.at(-1) !== this.speed) speeds.push(this.speed);
    }
    return speeds;
  }
}

describe("a follower", () => {
  it("comes into step from anywhere within six seconds, and then keeps its speed", () => {
    for (const rate of RATES) {
      for (const tick of [1 / 60, 1 / 30]) {
        for (let apart = -0.39; apart < 0.4; apart += 0.03) {
          const follower = new Follower(rate, apart * rate, tick);
          follower.pass(6);
          expect(follower.pass(4)).toEqual([rate]);
          expect(Math.abs(follower.behind)).toBeLessThanOrEqual(LEFT * rate + 1e-9);
        }
      }
    }
  });

  it("is hurried when late and slowed when early, and not beyond what browsers follow", () => {
    for (const rate of RATES) {
      for (const apart of [-0.3, -0.15, 0.15, 0.3]) {
        const follower = new Follower(rate, apart * rate);
        follower.once();
        expect(Math.sign(follower.speed - rate)).toBe(Math.sign(apart));
        expect(Math.abs(follower.speed / rate - 1)).toBeLessThanOrEqual(0.5 + 1e-9);
      }
    }
  });

  it("has one new speed for each correction, not one for each reading", () => {
    const late = new Follower(1, 0.03);
    expect(late.pass(3)).toEqual([1, expect.closeTo(1.1), 1]);
  });

  it("does not follow the jitter of clocks", () => {
    const jitter = (tick: number): number => 0.02 * Math.sin(tick * 1.9);
    expect(new Follower(1, 0, 1 / 60, jitter).pass(10)).toEqual([1]);
  });

  it("is found a little late behind much jitter", () => {
    const follower = new Follower(1, 0.02, 1 / 60, (tick) => 0.02 * Math.sin(tick * 1.9));
    follower.pass(4);
    expect(Math.abs(follower.behind)).toBeLessThanOrEqual(LEFT);
  });

  it("leaves what is less than a picture of the screen alone, and closes what is more", () => {
    for (const rate of RATES) {
      for (const frame of [1 / 24, 1 / 25, 1 / 30, 1 / 60]) {
        const worth = Math.min(LEFT, (LEFT_FRAMES * frame) / rate);
        for (const [apart, corrected] of [[0.9 * worth, false], [1.3 * Math.max(worth, SURE), true]] as const) {
          const steering = new Steering();
          let nudged = false;
          for (let now = 0; now < 4; now += 1 / 60) {
            const fix = steering.decide({ now, target: apart * rate, actual: 0, rate, frame: frame / rate });
            nudged ||= fix.kind === "nudge";
          }
          expect(nudged).toBe(corrected);
        }
      }
    }
  });

  it("jumps when it is far away, however fast it plays", () => {
    for (const rate of RATES) {
      const far = new Follower(rate, rate * 0.5);
      expect(far.once().kind).toBe("seek");
      expect(far.behind).toBeCloseTo(0);
      expect(new Follower(rate, rate * 0.35).once().kind).toBe("nudge");
    }
  });

  it("begins anew where it is sent elsewhere or to have another speed", () => {
    const sent = new Follower(1, 0.3);
    sent.once();
    sent.steering.reset();
    expect(sent.steering.nudging).toBe(false);
    const { steering } = new Follower(1, 0);
    const reading = { now: 1, target: 0.3, actual: 0, rate: 1, frame: FRAME };
    expect(steering.decide(reading).kind).toBe("nudge");
    expect(steering.decide({ ...reading, now: 1.02, rate: 0.5, target: 0.01 })).toEqual({ kind: "none" });
  });
});
