/**
 * One transport for both players.
 *
 * Time runs on the master timeline. While playing, the clock is read from the side that leads, which
 * is left alone, so that it never stutters: the side that is heard, or where that one stands still,
 * the side that plays through the whole of the present slot. The other side follows.
 */
import {
  buildMaster,
  positionAt,
  type MasterTimeline,
  type Position,
} from "../domain/masterTimeline";
import { MediaPlayer, type MediaElement } from "./mediaPlayer";
import { NO_NUDGES, nudged, type Nudges } from "../domain/nudge";
import type { Side } from "../domain/model";
import { shuttle, stepFrame } from "./sync";

export type Listen = Side | "off";

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export interface PlayerState {
  readonly playing: boolean;
  /** Negative when playing backwards. */
  readonly speed: number;
  /** How fast it plays forwards when nothing else is asked for: 1 is as recorded. */
  readonly pace: number;
  readonly listen: Listen;
  readonly loop: Stretch | undefined;
  /** What of each version is shown beside its place. */
  readonly nudges: Nudges;
}

export interface FrameClock {
  readonly now: () => number;
  readonly request: (tick: () => void) => number;
  readonly cancel: (handle: number) => void;
}

const browserClock: FrameClock = {
  now: () => performance.now(),
  request: (tick) => requestAnimationFrame(tick),
  cancel: (handle) => cancelAnimationFrame(handle),
};

export class PlayerController {
  #state: PlayerState = { playing: false, speed: 1, pace: 1, listen: "b", loop: undefined, nudges: NO_NUDGES };
  #master: MasterTimeline = buildMaster([], 0, 0);
  #time = 0;
  #handle: number | undefined;
  #lastTick = 0;
  readonly #players: Record<Side, MediaPlayer | undefined> = { a: undefined, b: undefined };
  readonly #stateListeners = new Set<() => void>();
  readonly #timeListeners = new Set<(time: number) => void>();

  constructor(private readonly clock: FrameClock = browserClock) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };

  readonly snapshot = (): PlayerState => this.#state;

  /** Calls `listener` with every new master time, and once now. */
  readonly onTime = (listener: (time: number) => void): (() => void) => {
    this.#timeListeners.add(listener);
    listener(this.#time);
    return () => this.#timeListeners.delete(listener);
  };

  get time(): number {
    return this.#time;
  }

  get master(): MasterTimeline {
    return this.#master;
  }

  /** Where the last frame begins that either version has. */
  get lastFrame(): number {
    const last = this.#master.slots.at(-1);
    if (!last) return 0;
    const frame = this.#players[last.rateB > last.rateA ? "b" : "a"]?.frame ?? 0;
    return Math.max(last.start, last.end - frame);
  }

  position(): Position | undefined {
    return positionAt(this.#master, this.#time);
  }

  /** The time of a version that is shown, nudge and all. */
  shown(side: Side): number {
    return Math.max(0, (this.position()?.[side] ?? 0) + this.#state.nudges[side]);
  }

  /** Shows one version later in its file than before by so many seconds; earlier when negative. */
  nudge(side: Side, by: number): void {
    this.setNudges(nudged(this.#state.nudges, side, by));
  }

  setNudges(nudges: Nudges): void {
    this.#update({ nudges });
    for (const side of ["a", "b"] as const) {
      const player = this.#players[side];
      if (player) player.shift = nudges[side];
    }
    this.seek(this.#time);
  }

  setMaster(master: MasterTimeline): void {
    this.#master = master;
    this.seek(this.#time);
  }

  /** Takes charge of a video element; the returned function lets it go. */
  attach(side: Side, element: MediaElement, frameRate: number): () => void {
    const player = new MediaPlayer(element, frameRate, this.clock.now);
    player.shift = this.#state.nudges[side];
    this.#players[side] = player;
    this.#applyListen();
    this.#place();
    return () => {
      player.dispose();
      if (this.#players[side] === player) this.#players[side] = undefined;
    };
  }

  play(speed = this.#state.pace): void {
    if (speed > 0 && this.#time >= this.lastFrame - 1e-3) this.seek(0);
    this.#update({ playing: true, speed });
    this.#lastTick = this.clock.now();
    this.#handle ??= this.clock.request(this.#tick);
  }

  pause(): void {
    this.#update({ playing: false, speed: this.#state.pace });
    if (this.#handle !== undefined) this.clock.cancel(this.#handle);
    this.#handle = undefined;
    this.#place();
  }

  toggle(): void {
    if (this.#state.playing) this.pause();
    else this.play();
  }

  setPace(pace: number): void {
    const { playing, speed } = this.#state;
    this.#update({ pace, speed: playing && speed < 0 ? speed : pace });
  }

  shuttle(direction: 1 | -1): void {
    this.play(shuttle(this.#state.playing ? this.#state.speed : 0, direction));
  }

  seek(time: number): void {
    this.#setTime(time);
    const position = this.position();
    if (position) {
      this.#players.a?.cue(position.a);
      this.#players.b?.cue(position.b);
    }
    this.#place();
  }

  /** Stops and goes `frames` frames on (back when negative), on the grid of the leading side. */
  step(frames: number): void {
    if (this.#state.playing) this.pause();
    const position = this.position();
    if (!position) return;
    const rate = this.#players[longerOf(position)]?.frameRate ?? 25;
    this.seek(stepFrame(this.#time, rate, frames));
  }

  setLoop(loop: Stretch | undefined): void {
    this.#update({ loop });
    if (loop && (this.#time < loop.start || this.#time >= loop.end)) this.seek(loop.start);
  }

  setListen(listen: Listen): void {
    this.#update({ listen });
    this.#applyListen();
  }

  dispose(): void {
    if (this.#handle !== undefined) this.clock.cancel(this.#handle);
    this.#handle = undefined;
  }

  readonly #tick = (): void => {
    this.#handle = undefined;
    if (!this.#state.playing) return;
    const now = this.clock.now();
    const elapsed = (now - this.#lastTick) / 1000;
    this.#lastTick = now;
    this.#setTime(this.#advance(elapsed));
    const { loop, speed } = this.#state;
    if (loop && speed > 0 && this.#time >= loop.end - 1e-3) this.seek(loop.start);
    else if (this.#time >= this.#master.duration && speed > 0) {
      this.pause();
      return;
    } else if (this.#time <= 0 && speed < 0) {
      this.pause();
      return;
    }
    this.#drive();
    this.#handle = this.clock.request(this.#tick);
  };

  /** The next master time: read from the leader where there is one, else from the wall clock. */
  #advance(elapsed: number): number {
    const { speed } = this.#state;
    const position = this.position();
    const side = position && leaderOf(position, this.#state.listen);
    const leader = side && this.#players[side];
    if (!position || !side || !leader || leader.broken || speed < 0 || leader.precedes(position[side])) {
      return this.#time + elapsed * speed;
    }
    if (!leader.settled) return this.#time;
    const { slot } = position;
    const [from, to, rate] =
      side === "a"
        ? [slot.region.aStart, slot.region.aEnd, slot.rateA]
        : [slot.region.bStart, slot.region.bEnd, slot.rateB];
    const at = leader.time;
    if (leader.element.ended && Math.abs(at - to) < 0.5 + Math.abs(leader.shift)) return slot.start + (to - from) / rate + 1e-4;
    // Elsewhere: it has just been sent here and has not arrived.
    if (at < from - 0.1 || at > to + 0.3) return this.#time;
    const read = slot.start + (at - from) / rate;
    // Never back: a clock that jitters would bounce off slot edges.
    return Math.max(this.#time, read);
  }

  /** While playing: puts both sides in motion, or holds the one that has to wait. */
  #drive(): void {
    const position = this.position();
    if (!position) return;
    const { speed } = this.#state;
    if (speed < 0) {
      this.#place();
      return;
    }
    const { slot } = position;
    const leads = leaderOf(position, this.#state.listen);
    const lag = this.#players[leads]?.lag ?? 0;
    const move = (side: Side, moves: boolean, time: number, rate: number): void => {
      const player = this.#players[side];
      if (!moves || player?.precedes(time)) player?.hold(time);
      else if (side === leads) player?.lead(time, rate);
      else player?.follow(time, rate, lag);
    };
    move("a", position.aMoves, position.a, slot.rateA * speed);
    move("b", position.bMoves, position.b, slot.rateB * speed);
  }

  /** While paused: shows the frames at the present time. */
  #place(): void {
    if (this.#state.playing && this.#state.speed > 0) {
      this.#drive();
      return;
    }
    const position = this.position();
    if (!position) return;
    this.#players.a?.hold(position.a);
    this.#players.b?.hold(position.b);
  }

  #setTime(time: number): void {
    this.#time = Math.min(Math.max(time, 0), this.#master.duration);
    this.#timeListeners.forEach((listener) => listener(this.#time));
  }

  #applyListen(): void {
    for (const side of ["a", "b"] as const) {
      const player = this.#players[side];
      if (player) player.heard = this.#state.listen === side;
    }
  }

  #update(change: Partial<PlayerState>): void {
    this.#state = { ...this.#state, ...change };
    this.#stateListeners.forEach((listener) => listener());
  }
}

/** The side whose time is the clock's: the one that is heard, as long as it moves. */
export function leaderOf(position: Position, listen: Listen): Side {
  if (listen === "a" && position.aMoves) return "a";
  if (listen === "b" && position.bMoves) return "b";
  return longerOf(position);
}

/** The side that plays through the whole slot. */
function longerOf({ slot }: Position): Side {
  const { aStart, aEnd, bStart, bEnd } = slot.region;
  return aEnd - aStart >= bEnd - bStart ? "a" : "b";
}
