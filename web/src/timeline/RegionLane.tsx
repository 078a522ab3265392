import { KIND_LOOKS, MODALITY_WORDS } from "../comparison/kinds";
import { regionKey, regionLength, type Region } from "../comparison/model";
import { duration } from "../time/timecode";
import { classes } from "../ui/classes";
import { shareOf, type View } from "./zoom";

export interface PlacedRegion {
  readonly region: Region;
  readonly stretch: { readonly start: number; readonly end: number };
}

interface RegionLaneProps {
  readonly placed: readonly PlacedRegion[];
  readonly view: View;
  readonly width: number;
  /** The keys of what is selected. */
  readonly selectedKeys: ReadonlySet<string>;
  readonly onSelect: (region: Region) => void;
  /** The region under the pointer; undefined when it leaves. */
  readonly onHover: (region: Region | undefined) => void;
}

/** Narrower marks have no room for their letter. */
const LETTER_FROM_PIXELS = 14;
/** The speed takes more room. */
const RATE_FROM_PIXELS = 48;
/** A difference of one frame must still be seen. */
const MIN_PIXELS = 4;

/** One modality's differences: colour, pattern and letter tell the kind. */
export function RegionLane({ placed, view, width, selectedKeys, onSelect, onHover }: RegionLaneProps) {
  const perSecond = width / (view.end - view.start);
  return (
    <div className="relative h-6 overflow-hidden bg-well">
      {placed.map(({ region, stretch }) => {
        if (stretch.end < view.start || stretch.start > view.end) return null;
        const pixels = Math.max(MIN_PIXELS, (stretch.end - stretch.start) * perSecond);
        const look = KIND_LOOKS[region.kind];
        const key = regionKey(region);
        const speed = region.kind === "RETIMED" ? ` at ${region.rate.toFixed(2)}×` : "";
        const label = `${look.word}${speed}, ${MODALITY_WORDS[region.modality].toLowerCase()}, ${duration(regionLength(region))}`;
        return (
          <button
            key={key}
            type="button"
            // The list beside the players gives the same to the keyboard, in order.
            tabIndex={-1}
            aria-label={label}
            title={label}
            data-testid="timeline-region"
            data-kind={region.kind}
            onPointerDown={(event) => event.stopPropagation()}
            onPointerEnter={() => onHover(region)}
            onPointerLeave={() => onHover(undefined)}
            onClick={() => onSelect(region)}
            className={classes(
              "kind-fill absolute inset-y-[2px] overflow-hidden text-left",
              selectedKeys.has(key) && "z-10 outline-2 outline-ink",
            )}
            style={{ left: shareOf(view, stretch.start) * width, width: pixels }}
          >
            {pixels >= LETTER_FROM_PIXELS && (
              <span className="kind-ink tc absolute top-1/2 left-[2px] -translate-y-1/2 bg-panel px-[2px] text-[10px] leading-[12px] font-bold whitespace-nowrap">
                {look.letter}
                {region.kind === "RETIMED" && pixels >= RATE_FROM_PIXELS && ` ${region.rate.toFixed(2)}×`}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}
