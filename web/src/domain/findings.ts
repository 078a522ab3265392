/** What a comparison comes to at the threshold that is set: computed here, without a call. */
import { sidesOf, similarity, whollyDifferent } from "./similarity";
import { applyThreshold } from "./threshold";
import { isDifference, type Comparison, type Modality, type Region } from "./model";

export interface TrackFindings {
  readonly modality: Modality;
  readonly regions: readonly Region[];
  readonly compared: number;
  readonly different: number;
  readonly similarityPercent: number | undefined;
}

export interface Findings {
  readonly tracks: readonly TrackFindings[];
  /** Of all modalities together; undefined when nothing was compared. */
  readonly similarityPercent: number | undefined;
  /** All differences, in order of time. */
  readonly differences: readonly Region[];
  /** Whether the two differ by nothing but their encoding, as far as this threshold tells. */
  readonly reencodeOnly: boolean;
  /** Whether B's sound is somewhere earlier or later than its picture; the notes say by how much. */
  readonly outOfStep: boolean;
  readonly suggestedThreshold: number | undefined;
}

export function findingsAt(comparison: Comparison, threshold: number): Findings {
  const tracks = comparison.tracks.map((track) => ({
    modality: track.modality,
    ...applyThreshold(track, comparison.threshold, threshold),
  }));
  const differences = tracks.flatMap((track) => track.regions.filter(isDifference)).sort(byTime);
  const main = tracks.find((track) => track.modality === "visual") ?? tracks[0];
  const mainTrack = comparison.tracks.find((track) => track.modality === main?.modality);
  const outOfStep = tracks.some(({ regions }) => regions.some(({ soundOffset }) => soundOffset !== undefined));
  const otherwise =
    outOfStep ||
    comparison.soundDifferences.length + comparison.onlyInA.length + comparison.onlyInB.length > 0;
  return {
    tracks,
    similarityPercent: tracks.some((track) => track.similarityPercent !== undefined)
      ? similarityOf(comparison, tracks, differences.length > 0 || otherwise)
      : undefined,
    differences,
    reencodeOnly: comparison.reencodeOnly && differences.length === 0,
    outOfStep,
    suggestedThreshold: mainTrack?.suggestedThreshold,
  };
}

function similarityOf(comparison: Comparison, tracks: readonly TrackFindings[], differs: boolean): number | undefined {
  const sides = tracks.map(({ regions }) => sidesOf(regions));
  return similarity(
    [...sides.map(({ a }) => a), ...comparison.onlyInA.map(() => whollyDifferent(comparison.durationA))],
    [...sides.map(({ b }) => b), ...comparison.onlyInB.map(() => whollyDifferent(comparison.durationB))],
    differs,
  );
}

function byTime(x: Region, y: Region): number {
  return x.aStart - y.aStart || x.bStart - y.bStart;
}
