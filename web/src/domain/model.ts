/** A comparison as the page works with it. All times are seconds. */

/** One of the two versions. */
export type Side = "a" | "b";

/** The picture leads. */
export const MODALITIES = ["visual", "audio", "transcription"] as const;

export type Modality = (typeof MODALITIES)[number];

export type Kind = "UNCHANGED" | "REPLACED" | "INSERTED" | "DELETED" | "MOVED" | "RETIMED";

/** One segment and how far apart its two sides are. */
export interface Segment {
  readonly presence: "both" | "a" | "b";
  /** Interval in A; empty at 0 when the segment is only in B. */
  readonly aStart: number;
  readonly aEnd: number;
  /** Interval in B; empty at 0 when the segment is only in A. */
  readonly bStart: number;
  readonly bEnd: number;
  /** Present when the segment is in both. */
  readonly distance?: number;
}

/** A stretch of both timelines with one thing to say about it. */
export interface Region {
  readonly kind: Kind;
  readonly modality: Modality;
  readonly aStart: number;
  readonly aEnd: number;
  readonly bStart: number;
  readonly bEnd: number;
  /** Mean aligned distance; 0 where nothing was compared. */
  readonly score: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** B's speed against A's. */
  readonly rate: number;
  /** Seconds by which B's sound is later than its picture; absent when it is in step. */
  readonly soundOffset?: number;
  /** The changed part of B's picture in fractions of its size, when it is not all of it. */
  readonly box?: Box;
  /** Why it counts as replaced; absent where that cannot be told. */
  readonly reason?: Reason;
}

/** Other content; the same in another look; the same with something over a part of it. */
export type Reason = "CONTENT" | "LOOK" | "OVERLAY";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where B's picture lies in A's: what B shows at x, A shows at scaleX * x + offsetX. */
export interface PictureMap {
  readonly scaleX: number;
  readonly offsetX: number;
  readonly scaleY: number;
  readonly offsetY: number;
  /** Left and right of B are exchanged first. */
  readonly mirrored: boolean;
}

/** Something by which the pictures look different throughout; no region, and not counted. */
export interface Look {
  /** All of it, for people. */
  readonly sentence: string;
  /** Where B's picture lies in A's; absent where that is not what this tells. */
  readonly pictureMap?: PictureMap;
}

/** What was found in one modality, at the threshold that the server applied. */
export interface Track {
  readonly modality: Modality;
  readonly segments: readonly Segment[];
  /** In order of time; tile both timelines. */
  readonly regions: readonly Region[];
  readonly suggestedThreshold?: number;
  readonly noiseFloor?: number;
}

export interface Comparison {
  /** The engine and model that made the embeddings. */
  readonly engine: string;
  readonly model: string;
  /** The threshold that the server applied to the regions. */
  readonly threshold: number;
  readonly tracks: readonly Track[];
  readonly looks: readonly Look[];
  readonly onlyInA: readonly Modality[];
  readonly onlyInB: readonly Modality[];
  readonly durationA: number;
  readonly durationB: number;
  readonly reencodeOnly: boolean;
  /** What differs of the sound beside its regions: tracks, channels, loudness. The notes say it too. */
  readonly soundDifferences: readonly string[];
  readonly notes: readonly string[];
  /** Whether the summary has arrived: before, the lists still grow. */
  readonly complete: boolean;
}

/** The list of a comparison's differences holds every region but the unchanged ones. */
export function isDifference(region: Region): boolean {
  return region.kind !== "UNCHANGED";
}

/** How long a region lasts: on the side where it lasts longer. */
export function regionLength(region: Region): number {
  return Math.max(region.aEnd - region.aStart, region.bEnd - region.bStart);
}

/** Stays the same while the threshold moves, so that a selection survives. */
export function regionKey(region: Region): string {
  return `${region.modality}/${region.kind}/${region.aStart.toFixed(3)}/${region.bStart.toFixed(3)}`;
}
