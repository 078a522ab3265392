/** A request as the contract wants it. */
import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { ComparisonOptionsSchema, type ComparisonOptions } from "../gen/sage/compare/v1/compare_pb";
import { Modality as ProtoModality } from "../gen/sage/embed/v1/embed_pb";
import { ALIGNMENT_MODES, METRICS, type ComparisonRequest } from "./link";
import type { Modality } from "./model";

export const MODALITIES: Record<Modality, ProtoModality> = {
  visual: ProtoModality.VISUAL,
  audio: ProtoModality.AUDIO,
  transcription: ProtoModality.TRANSCRIPTION,
};

/**
 * Without a threshold the server applies its default. The page asks that way: the same regions come
 * whatever the slider says, and a link shows the same thing to everybody.
 */
export function toOptions(request: ComparisonRequest, threshold?: number): ComparisonOptions {
  return create(ComparisonOptionsSchema, {
    engine: request.engine,
    alignment: ALIGNMENT_MODES[request.alignment],
    metric: METRICS[request.metric],
    modality: request.modality ? MODALITIES[request.modality] : ProtoModality.UNSPECIFIED,
    ...(request.alignment === "time" ? { offset: durationFromMs(Math.round(request.offset * 1000)) } : {}),
    ...(threshold === undefined ? {} : { threshold }),
  });
}
