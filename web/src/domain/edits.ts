/**
 * One change of the cut, in picture and sound together.
 *
 * The picture and the sound are compared apart, so one cut is found twice. What is of one kind and
 * lies at the same times on both sides is one edit: people count, mark and visit it once.
 */
import type { Texts } from "../texts";
import { DIFFERENCE_KINDS, severity, type DifferenceKind } from "./kinds";
import { MODALITIES, regionKey, regionLength, type Kind, type Region } from "./model";

export interface Edit {
  /** Stays the same while the threshold moves, so that a selection survives. */
  readonly key: string;
  readonly kind: Kind;
  /** The region that the edit is told by: the picture's where there is one. */
  readonly lead: Region;
  /** All of it, at most one for each modality, the lead first. */
  readonly regions: readonly Region[];
}

/** How often and how long one kind of edit occurs. */
export interface KindCount {
  readonly kind: DifferenceKind;
  readonly count: number;
  readonly seconds: number;
}

/** Sound is cut, and found, less exactly than pictures. */
const TOGETHER_SECONDS = 0.1;
const ROUNDING = 1e-6;
const TIMES = ["aStart", "aEnd", "bStart", "bEnd"] as const;

/**
 * Groups differences, in order of time. `frameRates` are 0 where they are unknown: where half a
 * frame is longer than the usual tolerance, it is the tolerance.
 */
export function groupEdits(differences: readonly Region[], frameRates: readonly number[]): Edit[] {
  const halves = frameRates.filter((rate) => rate > 0).map((rate) => 0.5 / rate);
  const within = Math.max(TOGETHER_SECONDS, ...halves) + ROUNDING;
  const groups = new Groups(within);
  for (const modality of MODALITIES) {
    for (const region of differences) {
      if (region.modality === modality) groups.add(region);
    }
  }
  return groups.all
    .flatMap((regions) => {
      const lead = regions[0];
      return lead ? [{ key: regionKey(lead), kind: lead.kind, lead, regions }] : [];
    })
    .sort((x, y) => x.lead.aStart - y.lead.aStart || x.lead.bStart - y.lead.bStart);
}

/** Groups in the making, found by their kind and about where they start. */
class Groups {
  readonly all: Region[][] = [];
  readonly #byPlace = new Map<string, Region[][]>();
  readonly #step: number;

  constructor(private readonly within: number) {
    this.#step = Math.max(1, within);
  }

  add(region: Region): void {
    const place = Math.floor(region.aStart / this.#step);
    const near = [place - 1, place, place + 1].flatMap((own) => this.#byPlace.get(`${region.kind} ${own}`) ?? []);
    const found = nearest(near, region, this.within);
    if (found) {
      found.push(region);
      return;
    }
    const group = [region];
    this.all.push(group);
    const key = `${region.kind} ${place}`;
    this.#byPlace.set(key, [...(this.#byPlace.get(key) ?? []), group]);
  }
}

/** The group that a region belongs to: of those that lack its modality, the one closest in time. */
function nearest(groups: readonly Region[][], region: Region, within: number): Region[] | undefined {
  let found: Region[] | undefined;
  let least = within;
  for (const group of groups) {
    const [lead] = group;
    if (lead?.kind !== region.kind || group.some(({ modality }) => modality === region.modality)) continue;
    const apart = Math.max(...TIMES.map((time) => Math.abs(lead[time] - region[time])));
    if (apart <= least) [found, least] = [group, apart];
  }
  return found;
}

export type Order = "time" | "worst";

/** `edits` are in order of time. */
export function sortEdits(edits: readonly Edit[], order: Order): Edit[] {
  if (order === "time") return [...edits];
  const worst = ({ regions }: Edit): number => Math.max(...regions.map(severity));
  return [...edits].sort((x, y) => worst(y) - worst(x));
}

export function countKinds(edits: readonly Edit[]): KindCount[] {
  return DIFFERENCE_KINDS.map((kind) => {
    const own = edits.filter((edit) => edit.kind === kind);
    return { kind, count: own.length, seconds: own.reduce((sum, { lead }) => sum + regionLength(lead), 0) };
  }).filter(({ count }) => count > 0);
}

/** The edit that a region is a part of. */
export function editOf(edits: readonly Edit[], region: Region): Edit | undefined {
  const key = regionKey(region);
  return edits.find(({ regions }) => regions.some((own) => regionKey(own) === key));
}

/** "Picture and sound", and what else is said of a replaced stretch. */
export function whereOf({ regions }: Edit, { modalities, reasonsBeside, together }: Texts["domain"]): string {
  const all = together(regions.map(({ modality }) => modalities[modality]));
  const reason = regions.map((region) => region.reason && reasonsBeside[region.reason]).find(Boolean);
  return reason ? `${all}, ${reason}` : all;
}

/** The highest score and the lowest confidence of its parts; 0 where nothing was measured. */
export function measuresOf({ regions }: Edit): { readonly score: number; readonly confidence: number } {
  const sure = regions.map(({ confidence }) => confidence).filter((confidence) => confidence > 0);
  return {
    score: Math.max(...regions.map(({ score }) => score)),
    confidence: sure.length > 0 ? Math.min(...sure) : 0,
  };
}

