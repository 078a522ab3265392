import { memo, useMemo } from "react";
import type { MasterTimeline } from "../domain/masterTimeline";
import { filmstripTiles } from "./filmstrip";
import type { Filmstrip } from "./useFilmstrip";
import { useFineStrips } from "./useFineStrips";
import { useFineWaves } from "./useFineWaves";
import { waveformColumns, type Waveform } from "./waveform";
import { shareOf, type View } from "./zoom";

interface TrackProps {
  readonly side: "a" | "b";
  readonly video: string | undefined;
  /** Of the video, in seconds. */
  readonly duration: number;
  readonly master: MasterTimeline;
  readonly view: View;
  readonly width: number;
  readonly strip: Filmstrip | undefined;
  readonly waveform: Waveform | undefined;
  /** What the loudest peak of both versions is multiplied with to fill the height. */
  readonly gain: number;
  /** Whether there is room for sound: when either version has some. */
  readonly withSound: boolean;
}

const HEIGHT = 34;
const WAVE_HEIGHT = 16;
const COLUMN = 2;
/** The height of a track in pixels. */
export function trackHeight(withSound: boolean): number {
  return HEIGHT + 3 + (withSound ? WAVE_HEIGHT : 0);
}

/** The material of one version on the master timeline, with gaps where it stands still. */
export const Track = memo(function Track(props: TrackProps) {
  const { side, master, view, width, strip, waveform, gain, withSound } = props;
  const stretches = useMemo(() => materialOf(master, side), [master, side]);
  const tileWidth = strip ? (HEIGHT * strip.tileWidth) / strip.tileHeight : 0;
  const perPixel = (view.end - view.start) / Math.max(width, 1);
  const fine = useFineStrips({ video: props.video, duration: props.duration, side }, master, view, perPixel * tileWidth);
  const tiles = strip ? filmstripTiles(master, side, [strip, ...fine], view, width, tileWidth) : [];
  const waves = useFineWaves(
    { video: waveform && props.video, duration: props.duration, side }, master, view, perPixel * COLUMN,
  );
  return (
    <div className="relative overflow-hidden bg-well" style={{ height: trackHeight(withSound) }} aria-hidden="true">
      {tiles.map((tile) => (
        <div
          key={tile.x}
          className="absolute top-[3px]"
          style={{
            left: tile.x,
            width: tileWidth,
            height: HEIGHT,
            backgroundImage: `url(${tile.strip.url})`,
            backgroundPosition: `${-tile.picture * tileWidth}px 0`,
            backgroundSize: `auto ${HEIGHT}px`,
          }}
        />
      ))}
      {waveform && (
        <svg width={Math.max(width, 1)} height={WAVE_HEIGHT} className="absolute bottom-0 left-0">
          <path
            d={wavePath(waveformColumns([...waves, waveform], master, side, view, width, COLUMN), gain)}
            stroke={`var(--version-${side})`}
            strokeWidth={1.2}
          />
        </svg>
      )}
      {stretches.map(({ start, end }) => (
        <div
          key={start}
          className="absolute inset-y-0 border-t-3"
          style={{
            left: `${shareOf(view, start) * 100}%`,
            width: `${((end - start) / (view.end - view.start)) * 100}%`,
            borderColor: `var(--version-${side})`,
            background: strip ? "none" : `color-mix(in srgb, var(--version-${side}) 14%, transparent)`,
          }}
        />
      ))}
      {gapsOf(stretches, master.duration).map(({ start, end }) => (
        <div
          key={start}
          className="absolute inset-y-0 bg-well"
          style={{
            left: `${shareOf(view, start) * 100}%`,
            width: `${((end - start) / (view.end - view.start)) * 100}%`,
          }}
        />
      ))}
    </div>
  );
});

/** Bars from the bottom, on a root scale so that quiet sound is seen. */
function wavePath(columns: readonly number[], gain: number): string {
  return columns
    .map((peak, index) =>
      peak > 0 ? `M${index * COLUMN + 1} ${WAVE_HEIGHT}v${(-Math.sqrt(peak * gain) * (WAVE_HEIGHT - 2)).toFixed(1)}` : "",
    )
    .join("");
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Where a side plays, touching stretches joined. */
function materialOf(master: MasterTimeline, side: "a" | "b"): Stretch[] {
  const joined: { start: number; end: number }[] = [];
  for (const slot of master.slots) {
    const rate = side === "a" ? slot.rateA : slot.rateB;
    if (rate === 0) continue;
    const { aStart, aEnd, bStart, bEnd } = slot.region;
    const end = slot.start + (side === "a" ? aEnd - aStart : bEnd - bStart) / rate;
    const last = joined.at(-1);
    if (last && Math.abs(last.end - slot.start) < 1e-6) last.end = end;
    else joined.push({ start: slot.start, end });
  }
  return joined;
}

function gapsOf(stretches: readonly Stretch[], duration: number): Stretch[] {
  const gaps: Stretch[] = [];
  let at = 0;
  for (const { start, end } of stretches) {
    if (start > at + 1e-6) gaps.push({ start: at, end: start });
    at = end;
  }
  if (at < duration - 1e-6) gaps.push({ start: at, end: duration });
  return gaps;
}
