/** The address of a comparison: what is compared, how, and where the playhead stands. */
import { AlignmentMode, Metric } from "../gen/sage/compare/v1/compare_pb";
import { NO_NUDGES, NUDGE_MAX_SECONDS, type Nudges } from "./nudge";
import { THRESHOLD_DEFAULT, THRESHOLD_MAX, THRESHOLD_MIN } from "./threshold";
import { MODALITIES, type Modality } from "./model";

export type AlignmentName = "sequence" | "time" | "index";
export type MetricName = "cosine" | "euclidean";

/** Time codes as text; empty where nobody says. */
export interface Starts {
  readonly a: string;
  readonly b: string;
}

export const NO_STARTS: Starts = { a: "", b: "" };

/** What a comparison is asked for with; a change needs another call. */
export interface ComparisonRequest {
  /** `videos/{id}` or `embeddings/{id}`. */
  readonly a: string;
  readonly b: string;
  readonly alignment: AlignmentName;
  /** With `time`: the time of B that belongs to the start of A, in seconds. */
  readonly offset: number;
  readonly metric: MetricName;
  /** Undefined means everything that both sides have. */
  readonly modality: Modality | undefined;
  /** Empty means the best one that has embedded both. */
  readonly engine: string;
}

/** The whole view: the request, and what the page adds by itself. */
export interface ComparisonLink extends ComparisonRequest {
  readonly threshold: number;
  /** Master time of the playhead in seconds. */
  readonly time: number;
  /** What of each version is shown beside its place, in seconds. */
  readonly nudges: Nudges;
  /** Where the time codes start, if not where the files say; empty texts otherwise. */
  readonly starts: Starts;
  /** The kept comparison that is meant, `comparisons/{id}`; empty means any of the two videos. */
  readonly saved: string;
}

export const ALIGNMENT_MODES: Record<AlignmentName, AlignmentMode> = {
  sequence: AlignmentMode.SEQUENCE,
  time: AlignmentMode.TIME,
  index: AlignmentMode.INDEX,
};

export const METRICS: Record<MetricName, Metric> = {
  cosine: Metric.COSINE,
  euclidean: Metric.EUCLIDEAN,
};

const RESOURCE = /^(videos|embeddings)\/[a-z0-9]{1,40}$/;
const START = /^[0-2]\d:[0-5]\d:[0-5]\d[:;]\d{2,3}$/;
const SAVED = /^[a-z0-9]{1,40}$/;

/** The server's own default: the same angle between two vectors, whichever way it is measured. */
export function usualThreshold(metric: MetricName): number {
  return metric === "euclidean" ? Math.sqrt(2 * THRESHOLD_DEFAULT) : THRESHOLD_DEFAULT;
}

export const DEFAULTS: Omit<ComparisonLink, "a" | "b"> = {
  alignment: "sequence",
  offset: 0,
  metric: "cosine",
  modality: undefined,
  engine: "",
  threshold: THRESHOLD_DEFAULT,
  time: 0,
  nudges: NO_NUDGES,
  starts: NO_STARTS,
  saved: "",
};

/** Reads a query string; undefined when it does not name two videos. Odd values are left out. */
export function parseLink(query: string): ComparisonLink | undefined {
  const values = new URLSearchParams(query);
  const a = values.get("a") ?? "";
  const b = values.get("b") ?? "";
  if (!RESOURCE.test(a) || !RESOURCE.test(b)) return undefined;
  const saved = values.get("saved") ?? "";
  const metric = oneOf(values.get("metric"), ["cosine", "euclidean"]) ?? DEFAULTS.metric;
  return {
    a,
    b,
    alignment: oneOf(values.get("alignment"), ["sequence", "time", "index"]) ?? DEFAULTS.alignment,
    offset: numberOf(values.get("offset"), -86_400, 86_400) ?? DEFAULTS.offset,
    metric,
    modality: oneOf(values.get("modality"), MODALITIES),
    engine: values.get("engine") ?? DEFAULTS.engine,
    threshold: numberOf(values.get("threshold"), THRESHOLD_MIN, THRESHOLD_MAX) ?? usualThreshold(metric),
    time: numberOf(values.get("t"), 0, 864_000) ?? DEFAULTS.time,
    nudges: { a: nudge(values.get("nudgea")), b: nudge(values.get("nudgeb")) },
    starts: { a: startOf(values.get("starta")), b: startOf(values.get("startb")) },
    saved: SAVED.test(saved) ? `comparisons/${saved}` : DEFAULTS.saved,
  };
}

/** Writes the query string, defaults left out. */
export function formatLink(link: ComparisonLink): string {
  const parts = [`a=${link.a}`, `b=${link.b}`];
  const add = (name: string, value: string | number | undefined, usual: unknown): void => {
    if (value !== undefined && value !== usual) parts.push(`${name}=${encodeURIComponent(value)}`);
  };
  add("t", Number(link.time.toFixed(3)), DEFAULTS.time);
  add("nudgea", link.nudges.a, 0);
  add("nudgeb", link.nudges.b, 0);
  add("starta", link.starts.a, "");
  add("startb", link.starts.b, "");
  if (link.threshold !== usualThreshold(link.metric)) {
    add("threshold", Number(link.threshold.toFixed(3)), undefined);
  }
  add("alignment", link.alignment, DEFAULTS.alignment);
  if (link.alignment === "time") add("offset", link.offset, DEFAULTS.offset);
  add("metric", link.metric, DEFAULTS.metric);
  add("modality", link.modality, DEFAULTS.modality);
  add("engine", link.engine, DEFAULTS.engine);
  add("saved", link.saved.replace("comparisons/", ""), DEFAULTS.saved);
  return `?${parts.join("&")}`;
}

function startOf(text: string | null): string {
  return text !== null && START.test(text) ? text : "";
}

function nudge(text: string | null): number {
  return numberOf(text, -NUDGE_MAX_SECONDS, NUDGE_MAX_SECONDS) ?? 0;
}

function oneOf<T extends string>(value: string | null, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

function numberOf(text: string | null, low: number, high: number): number | undefined {
  if (text === null || text.trim() === "") return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? Math.min(Math.max(value, low), high) : undefined;
}
