import { describe, expect, it } from "vitest";
import { findingsAt } from "../../src/domain/findings";
import type { Comparison } from "../../src/domain/model";
import { region, track } from "./builders";

const comparison: Comparison = {
  engine: "local",
  model: "m",
  threshold: 0.1,
  tracks: [
    track(
      [0.02, 0.3, 0.02],
      [
        region("UNCHANGED", [0, 2], [0, 2]),
        region("REPLACED", [2, 4], [2, 4], 0.3),
        region("UNCHANGED", [4, 6], [4, 6]),
        region("INSERTED", [6, 6], [6, 9]),
      ],
    ),
    { ...track([0.01, 0.01, 0.01], [region("UNCHANGED", [0, 6], [0, 9])], "audio") },
  ],
  looks: [],
  onlyInA: [],
  onlyInB: [],
  durationA: 6,
  durationB: 9,
  reencodeOnly: false,
  soundDifferences: [],
  notes: [],
  complete: true,
};

describe("what a comparison comes to", () => {
  it("is told of the time of both sides", () => {
    const findings = findingsAt(comparison, 0.1);
    // 4 of A's 6 seconds, and 4 of B's 9.
    expect(findings.similarityPercent).toBeCloseTo(53.3, 1);
  });

  it("follows the threshold without a call", () => {
    const findings = findingsAt(comparison, 0.35);
    expect(findings.similarityPercent).toBe(80);
    expect(findings.differences.map(({ kind }) => kind)).toEqual(["INSERTED"]);
  });

  it("calls a pair re-encoded only while nothing differs", () => {
    const same = { ...comparison, reencodeOnly: true, tracks: [track([0.02], [region("UNCHANGED", [0, 2], [0, 2])])] };
    expect(findingsAt(same, 0.1).reencodeOnly).toBe(true);
    expect(findingsAt(same, 0.01).reencodeOnly).toBe(false);
  });

  it("never says 100 beside a difference", () => {
    const same = { ...comparison, tracks: [track([0.02], [region("UNCHANGED", [0, 2], [0, 2])])], durationA: 2, durationB: 2 };
    expect(findingsAt(same, 0.1).similarityPercent).toBe(100);
    const channel = { ...same, soundDifferences: ["The right channel of B is silent."] };
    expect(findingsAt(channel, 0.1).similarityPercent).toBe(99.9);
    const mute = { ...same, onlyInA: ["audio" as const] };
    expect(findingsAt(mute, 0.1).similarityPercent).toBe(50);
  });

  it("tells sound that is out of step from sound that differs", () => {
    const late = { ...region("UNCHANGED", [0, 2], [0, 2]), soundOffset: 0.4 };
    const findings = findingsAt({ ...comparison, tracks: [track([0.02], [late], "audio")] }, 0.1);
    expect(findings.outOfStep).toBe(true);
    expect(findings.differences).toEqual([]);
    expect(findingsAt(comparison, 0.1).outOfStep).toBe(false);
  });
});
