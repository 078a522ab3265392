import { useMemo } from "react";
import type { MasterTimeline } from "./masterTimeline";
import { filmstripTiles } from "./filmstrip";
import type { Filmstrip } from "./useFilmstrip";
import { shareOf, type View } from "./zoom";

interface TrackProps {
  readonly side: "a" | "b";
  readonly master: MasterTimeline;
  readonly view: View;
  readonly width: number;
  readonly strip: Filmstrip | undefined;
}

const HEIGHT = 34;

/** The material of one version on the master timeline, with gaps where it stands still. */
export function Track({ side, master, view, width, strip }: TrackProps) {
  const stretches = useMemo(() => materialOf(master, side), [master, side]);
  const tileWidth = strip ? (HEIGHT * strip.tileWidth) / strip.tileHeight : 0;
  const tiles = strip ? filmstripTiles(master, side, strip.times, view, width, tileWidth) : [];
  return (
    <div className="relative overflow-hidden bg-well" style={{ height: HEIGHT + 3 }} aria-hidden="true">
      {tiles.map((tile) => (
        <div
          key={tile.x}
          className="absolute top-[3px]"
          style={{
            left: tile.x,
            width: tileWidth,
            height: HEIGHT,
            backgroundImage: `url(${strip?.url ?? ""})`,
            backgroundPosition: `${-tile.picture * tileWidth}px 0`,
            backgroundSize: `auto ${HEIGHT}px`,
          }}
        />
      ))}
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
