import { expect, it } from "vitest";
import { buildMaster } from "../../src/timeline/masterTimeline";
import { waveformColumns } from "../../src/timeline/waveform";
import { region } from "./builders";

const master = buildMaster([region("UNCHANGED", [0, 2], [0, 2]), region("INSERTED", [2, 2], [2, 4])], 2, 4);

it("shows the loudest of what falls on a column, and nothing where a side stands still", () => {
  const waveform = { peaks: [0.1, 0.9, 0.2, 0.3], stepSeconds: 0.5 };
  expect(waveformColumns(waveform, master, "a", { start: 0, end: 4 }, 4, 1)).toEqual([0.9, 0.3, 0, 0]);
});
