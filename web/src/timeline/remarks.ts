/** What holds for a stretch of the timeline without being an edit: sound out of step, another look. */
import type { TrackFindings } from "../domain/findings";
import type { Look } from "../domain/model";
import { spanOf, type MasterTimeline } from "../domain/masterTimeline";
import { texts } from "../texts";

export interface Remark {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

const TOUCHING_SECONDS = 0.05;

/** Where B's sound is not in step with its picture; what touches and says the same is one. */
export function offsetRemarks(tracks: readonly Pick<TrackFindings, "regions">[], master: MasterTimeline): Remark[] {
  const found = tracks
    .flatMap(({ regions }) => regions)
    .flatMap((region) =>
      region.soundOffset === undefined ? [] : [{ ...spanOf(master, region), label: offsetInWords(region.soundOffset) }],
    )
    .sort((x, y) => x.start - y.start);
  const joined: Remark[] = [];
  for (const remark of found) {
    const last = joined.at(-1);
    if (last && last.label === remark.label && remark.start - last.end <= TOUCHING_SECONDS) {
      joined[joined.length - 1] = { ...last, end: Math.max(last.end, remark.end) };
    } else joined.push(remark);
  }
  return joined;
}

/** All looks hold throughout. */
export function lookRemarks(looks: readonly Look[], master: MasterTimeline): Remark[] {
  if (looks.length === 0 || master.duration <= 0) return [];
  return [{ start: 0, end: master.duration, label: looks.map(({ sentence }) => sentence).join(" ") }];
}

/** "Sound 90 ms late". */
export function offsetInWords(seconds: number): string {
  const ms = Math.round(Math.abs(seconds) * 1000);
  const { domain, time, timeline } = texts();
  const amount = ms < 1000 ? domain.milliseconds(ms) : time.exactSeconds(ms / 1000);
  return seconds > 0 ? timeline.soundLate(amount) : timeline.soundEarly(amount);
}
