import { describe, expect, it } from "vitest";
import { parseStart, sourceTimecode } from "../../src/time/sourceTimecode";

const NTSC = 30_000 / 1001;

function shown(start: string, seconds: number, rate: number): string {
  const parsed = parseStart(start, rate);
  if (!parsed) throw new Error("It is a time code.");
  return sourceTimecode(seconds, rate, parsed);
}

describe("source time code", () => {
  it("starts where the file does", () => {
    expect(shown("01:00:00:00", 0, 25)).toBe("01:00:00:00");
    expect(shown("09:59:59:24", 0.04, 25)).toBe("10:00:00:00");
    expect(shown("23:59:59:24", 0.04, 25)).toBe("00:00:00:00");
  });

  it("leaves out two numbers each minute but every tenth, and so keeps up with the clock", () => {
    expect(shown("00:00:59;29", 1 / NTSC, NTSC)).toBe("00:01:00;02");
    expect(shown("00:09:59;29", 1 / NTSC, NTSC)).toBe("00:10:00;00");
    expect(shown("01:00:00;00", 3600, NTSC)).toBe("02:00:00;00");
    expect(shown("01:00:00:00", 3600, NTSC)).toBe("01:59:56:12");
    expect(shown("00:00:59;59", 1 / (2 * NTSC), 2 * NTSC)).toBe("00:01:00;04");
  });

  it("comes back from every frame's own time code", () => {
    for (let frame = 0; frame < 40_000; frame += 37) {
      const code = sourceTimecode(frame / NTSC, NTSC, { frame: 0, dropFrame: true });
      expect(parseStart(code, NTSC)?.frame).toBe(frame);
    }
  });

  it("is none where there is no such number", () => {
    for (const text of ["", "1:00:00:00", "00:01:00;00", "24:00:00:00", "00:00:00:30"]) {
      expect(parseStart(text, NTSC)).toBeUndefined();
    }
    expect(parseStart("00:10:00;00", NTSC)).toBeDefined();
  });
});
