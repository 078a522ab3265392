/** Gathers the messages of a CompareVideos stream into a comparison. */
import { durationMs } from "@bufbuild/protobuf/wkt";
import {
  Presence,
  RegionKind,
  RegionReason,
  type CompareVideosResponse,
  type ComparisonHeader,
  type ComparisonSummary,
  type LookDifference,
  type Region as ProtoRegion,
  type SegmentDistance,
} from "../gen/sage/compare/v1/compare_pb";
import { Modality as ProtoModality } from "../gen/sage/embed/v1/embed_pb";
import type { Comparison, Kind, Look, Modality, Reason, Region, Segment, Track } from "./model";

export const MODALITY_NAMES: Record<ProtoModality, Modality> = {
  [ProtoModality.UNSPECIFIED]: "visual",
  [ProtoModality.VISUAL]: "visual",
  [ProtoModality.AUDIO]: "audio",
  [ProtoModality.TRANSCRIPTION]: "transcription",
};

const KINDS: Record<RegionKind, Kind> = {
  [RegionKind.UNSPECIFIED]: "UNCHANGED",
  [RegionKind.UNCHANGED]: "UNCHANGED",
  [RegionKind.REPLACED]: "REPLACED",
  [RegionKind.INSERTED]: "INSERTED",
  [RegionKind.DELETED]: "DELETED",
  [RegionKind.MOVED]: "MOVED",
  [RegionKind.RETIMED]: "RETIMED",
};

const REASONS: Record<Exclude<RegionReason, RegionReason.UNSPECIFIED>, Reason> = {
  [RegionReason.CONTENT]: "CONTENT",
  [RegionReason.LOOK]: "LOOK",
  [RegionReason.OVERLAY]: "OVERLAY",
};

const DEFAULT_THRESHOLD = 0.1;

/** Collects messages; `comparison` gives what has arrived so far. */
export class ComparisonCollector {
  #header: ComparisonHeader | undefined;
  #summary: ComparisonSummary | undefined;
  readonly #segments = new Map<Modality, Segment[]>();
  readonly #looks: Look[] = [];
  readonly #regions = new Map<Modality, Region[]>();

  add({ payload }: CompareVideosResponse): void {
    switch (payload.case) {
      case "header":
        this.#header = payload.value;
        break;
      case "distances": {
        const segments = listOf(this.#segments, MODALITY_NAMES[payload.value.modality]);
        for (const segment of payload.value.segments) segments.push(toSegment(segment));
        break;
      }
      case "region": {
        const region = toRegion(payload.value);
        listOf(this.#regions, region.modality).push(region);
        break;
      }
      case "look":
        this.#looks.push(toLook(payload.value));
        break;
      case "summary":
        this.#summary = payload.value;
        break;
      case undefined:
        break;
    }
  }

  /** Undefined until the header is there. */
  comparison(): Comparison | undefined {
    const header = this.#header;
    if (!header) return undefined;
    const summary = this.#summary;
    return {
      engine: header.a?.engine ?? "",
      model: header.a?.model ?? "",
      threshold: header.options?.threshold ?? DEFAULT_THRESHOLD,
      tracks: header.modalities.map((modality) => this.#track(modality)),
      looks: [...this.#looks],
      onlyInA: header.onlyInA.map((modality) => MODALITY_NAMES[modality]),
      onlyInB: header.onlyInB.map((modality) => MODALITY_NAMES[modality]),
      durationA: summary?.durationA ?? seconds(header.a?.duration),
      durationB: summary?.durationB ?? seconds(header.b?.duration),
      reencodeOnly: summary?.reencodeOnly ?? false,
      soundDifferences: summary?.soundDifferences.map(({ description }) => description) ?? [],
      notes: summary?.notes ?? [],
      complete: summary !== undefined,
    };
  }

  #track(modality: ProtoModality): Track {
    const name = MODALITY_NAMES[modality];
    const found = this.#summary?.modalities.find((entry) => entry.modality === modality);
    return {
      modality: name,
      segments: this.#segments.get(name) ?? [],
      regions: this.#regions.get(name) ?? [],
      ...(found ? { suggestedThreshold: found.suggestedThreshold, noiseFloor: found.noiseFloor } : {}),
    };
  }
}

function listOf<T>(lists: Map<Modality, T[]>, modality: Modality): T[] {
  const list = lists.get(modality) ?? [];
  lists.set(modality, list);
  return list;
}

function toLook({ sentence, pictureMap }: LookDifference): Look {
  if (!pictureMap) return { sentence };
  const { scaleX, offsetX, scaleY, offsetY, mirrored } = pictureMap;
  return { sentence, pictureMap: { scaleX, offsetX, scaleY, offsetY, mirrored } };
}

function toSegment(segment: SegmentDistance): Segment {
  return {
    presence:
      segment.presence === Presence.ONLY_IN_A ? "a" : segment.presence === Presence.ONLY_IN_B ? "b" : "both",
    aStart: segment.aStart ?? 0,
    aEnd: segment.aEnd ?? 0,
    bStart: segment.bStart ?? 0,
    bEnd: segment.bEnd ?? 0,
    ...(segment.distance === undefined ? {} : { distance: segment.distance }),
  };
}

function toRegion(region: ProtoRegion): Region {
  const { aStart, aEnd, bStart, bEnd, score, confidence, box, soundOffset } = region;
  return {
    kind: KINDS[region.kind],
    modality: MODALITY_NAMES[region.modality],
    aStart,
    aEnd,
    bStart,
    bEnd,
    score,
    confidence,
    rate: region.rate || 1,
    ...(soundOffset === 0 ? {} : { soundOffset }),
    ...(region.reason ? { reason: REASONS[region.reason] } : {}),
    ...(box ? { box: { left: box.left, top: box.top, width: box.width, height: box.height } } : {}),
  };
}

function seconds(length: Parameters<typeof durationMs>[0] | undefined): number {
  return length ? durationMs(length) / 1000 : 0;
}
