import { describe, expect, it } from "vitest";
import { clock, duration, fileSize, frameAt, roughDuration, timecode } from "../../src/time/timecode";

describe("timecode", () => {
  it("counts frames within the second", () => {
    expect(timecode(3661.52, 25)).toBe("01:01:01:13");
  });

  it("counts 30 frames to the second at 29.97, without dropping any", () => {
    expect(timecode(30 / 29.97, 29.97)).toBe("00:00:01:00");
  });

  it("takes 25 frames a second where the rate is unknown", () => {
    expect(timecode(1.04, 0)).toBe("00:00:01:01");
  });

  it("forgives the rounding of container times", () => {
    expect(frameAt(2.9999999, 25)).toBe(75);
    expect(frameAt(0.0399999, 25)).toBe(1);
  });
});

describe("lengths and sizes", () => {
  it("tells short lengths in frames where the rate is known", () => {
    expect(duration(0.48, 25)).toBe("12f");
    expect(duration(0.48)).toBe("0.48 s");
  });

  it("tells long lengths as a clock does", () => {
    expect(duration(125)).toBe("2:05");
    expect(duration(3725)).toBe("1:02:05");
  });

  it("rounds what remains to what anybody wants to know", () => {
    expect(roughDuration(0.2)).toBe("a moment");
    expect(roughDuration(42.1)).toBe("43 s");
    expect(roughDuration(600)).toBe("10 min");
    expect(roughDuration(9000)).toBe("2.5 h");
  });

  it("tells sizes in decimal units", () => {
    expect(fileSize(999)).toBe("999 B");
    expect(fileSize(10_485_760)).toBe("10.5 MB");
    expect(fileSize(2_000_000_000)).toBe("2.0 GB");
  });
});

it("writes a time to the millisecond where no frames are", () => {
  expect(clock(3725.0416)).toBe("1:02:05.042");
  expect(clock(59.9996)).toBe("0:01:00.000");
});
