import { expect, it } from "vitest";
import { FrameLag } from "../../src/player/frameLag";

/** A frame of file time `mediaTime`, on the screen in 10 ms, while the player's clock says `clock`. */
const seen = (lag: FrameLag, mediaTime: number, clock: number, rate = 1, now = 1000): void =>
  lag.add({ expectedDisplayTime: now + 10, mediaTime }, now, clock, rate);

const commonDivisor = (x: number, y: number): number => (y === 0 ? x : commonDivisor(y, x % y));

it("is nothing until some frames were seen", () => {
  const lag = new FrameLag();
  expect(lag.seconds).toBe(0);
  seen(lag, 5, 5.1);
  expect(lag.seconds).toBe(0);
});

it("is how late frames come on the screen, whatever the speed", () => {
  for (const rate of [0.5, 1, 2]) {
    const lag = new FrameLag();
    for (let frame = 0; frame < 20; frame += 1) seen(lag, 5, 5 + 0.02 * rate, rate);
    expect(lag.seconds).toBeCloseTo(0.03);
  }
});

it("is not misled by late frames or a seek", () => {
  const lag = new FrameLag();
  for (let frame = 0; frame < 20; frame += 1) seen(lag, 5, 5.01);
  for (const late of [0.2, 0.15, 0.05, 0.05]) seen(lag, 5, 5 + late - 0.01);
  seen(lag, 5, 9);
  expect(lag.seconds).toBeCloseTo(0.02);
});

it.each([
  [25, 60],
  [25, 30],
  [24, 60],
  [30, 60],
  [50, 60],
])("is the same for %d frames a second wherever they lie between the pictures of a screen of %d hertz", (rate, hertz) => {
  const found = [0, 0.2, 0.4, 0.6, 0.8].map((phase) => {
    const lag = new FrameLag();
    for (let frame = 0; frame < 128; frame += 1) {
      const due = (frame + phase) / rate;
      // With the first picture of the screen after it is due.
      const shown = Math.ceil(due * hertz) / hertz;
      lag.add({ expectedDisplayTime: shown * 1000, mediaTime: due }, shown * 1000 - 5, shown - 0.005, 1);
    }
    return lag.seconds;
  });
  // Phases closer than this bring the same frames on the same pictures of the screen.
  const alike = commonDivisor(rate, hertz) / (rate * hertz);
  expect(Math.max(...found) - Math.min(...found)).toBeLessThanOrEqual(alike + 1e-9);
});

it("forgets what was long ago", () => {
  const lag = new FrameLag();
  for (let frame = 0; frame < 110; frame += 1) seen(lag, 5, 5.09, 1, frame * 40);
  for (let frame = 110; frame < 220; frame += 1) seen(lag, 5, 4.99, 1, frame * 40);
  expect(lag.seconds).toBeCloseTo(0);
});

it("remembers enough of slow play", () => {
  const lag = new FrameLag();
  for (let frame = 0; frame < 12; frame += 1) seen(lag, 5, 5.01, 0.25, frame * 640);
  expect(lag.seconds).toBeCloseTo(0.05);
});
