/** The address that opens a kept comparison as it was kept. */
import { durationMs } from "@bufbuild/protobuf/wkt";
import type { SavedComparison } from "../gen/sage/compare/v1/saved_comparison_pb";
import { MODALITY_NAMES } from "./fromProto";
import {
  ALIGNMENT_MODES,
  DEFAULTS,
  METRICS,
  formatLink,
  usualThreshold,
  type AlignmentName,
  type MetricName,
} from "./link";

export function savedLink({ name, a, b, options }: SavedComparison): string {
  const metric = nameIn<MetricName>(METRICS, options?.metric) ?? DEFAULTS.metric;
  return formatLink({
    ...DEFAULTS,
    a,
    b,
    saved: name,
    alignment: nameIn<AlignmentName>(ALIGNMENT_MODES, options?.alignment) ?? DEFAULTS.alignment,
    offset: options?.offset ? durationMs(options.offset) / 1000 : DEFAULTS.offset,
    metric,
    modality: options?.modality ? MODALITY_NAMES[options.modality] : DEFAULTS.modality,
    engine: options?.engine ?? DEFAULTS.engine,
    threshold: options?.threshold ?? usualThreshold(metric),
  });
}

function nameIn<T extends string>(values: Record<T, number>, value: number | undefined): T | undefined {
  return (Object.keys(values) as T[]).find((name) => values[name] === value);
}
