import { describe, expect, it } from "vitest";
import { RateMeter } from "../../src/upload/rate";

describe("the rate of an upload", () => {
  it("is unknown at first", () => {
    const meter = new RateMeter();
    meter.add({ atMs: 0, bytes: 0 });
    expect(meter.bytesPerSecond()).toBeUndefined();
    expect(meter.secondsFor(100)).toBeUndefined();
  });

  it("is measured over a window, so that the past is forgotten", () => {
    const meter = new RateMeter(2000);
    for (let second = 0; second <= 5; second += 1) meter.add({ atMs: second * 1000, bytes: second * 100 });
    for (let second = 6; second <= 10; second += 1) {
      meter.add({ atMs: second * 1000, bytes: 500 + (second - 5) * 1000 });
    }
    expect(meter.bytesPerSecond()).toBe(1000);
    expect(meter.secondsFor(3000)).toBe(3);
  });

  it("tells no remaining time while nothing moves", () => {
    const meter = new RateMeter();
    meter.add({ atMs: 0, bytes: 50 });
    meter.add({ atMs: 1000, bytes: 50 });
    expect(meter.secondsFor(100)).toBeUndefined();
  });
});
