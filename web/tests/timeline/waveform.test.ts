import { expect, it } from "vitest";
import { buildMaster } from "../../src/domain/masterTimeline";
import { waveformColumns, waveformGain } from "../../src/timeline/waveform";
import { region } from "../domain/builders";

const master = buildMaster([region("UNCHANGED", [0, 2], [0, 2]), region("INSERTED", [2, 2], [2, 4])], 2, 4);

it("shows the loudest of what falls on a column, and nothing where a side stands still", () => {
  const waveform = { peaks: [0.1, 0.9, 0.2, 0.3], stepSeconds: 0.5, start: 0 };
  expect(waveformColumns([waveform], master, "a", { start: 0, end: 4 }, 4, 1)).toEqual([0.9, 0.3, 0, 0]);
});

it("gives the loudest sound of both sides the whole height, but does not blow silence up", () => {
  const of = (...peaks: number[]) => ({ peaks, stepSeconds: 1, start: 0 });
  expect(waveformGain([of(0.1, 0.25), of(0.2)])).toBe(4);
  expect(waveformGain([of(0.001), undefined])).toBe(20);
});

it("takes the finer sound where there is some", () => {
  const whole = { peaks: [0.1, 0.1, 0.1, 0.1], stepSeconds: 0.5, start: 0 };
  const fine = { peaks: [0.8, 0.7, 0.6, 0.5], stepSeconds: 0.25, start: 1 };
  expect(waveformColumns([fine, whole], master, "a", { start: 0, end: 2 }, 8, 1)).toEqual([0.1, 0.1, 0.1, 0.1, 0.8, 0.7, 0.6, 0.5]);
});
