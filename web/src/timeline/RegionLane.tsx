import { useMemo } from "react";
import type { Texts } from "../texts";
import { useTexts } from "../texts/useTexts";
import { regionKey, regionLength, type Region } from "../domain/model";
import { duration } from "../time/timecode";
import { classes } from "../ui/classes";
import { regionMarks, type PlacedRegion, type RegionMark } from "./regionMarks";
import type { View } from "./zoom";

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

/** One modality's differences: colour, pattern and letter tell the kind. */
export function RegionLane({ placed, view, width, selectedKeys, onSelect, onHover }: RegionLaneProps) {
  const t = useTexts();
  const marks = useMemo(() => regionMarks(placed, view, width), [placed, view, width]);
  return (
    <div className="relative h-6 overflow-hidden bg-well">
      {marks.map((mark) => {
        const { region, regions, width: pixels } = mark;
        const look = t.domain.kinds[region.kind];
        const label = labelOf(mark, t);
        return (
          <button
            key={regionKey(regions[0] ?? region)}
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
              regions.some((each) => selectedKeys.has(regionKey(each))) && "z-10 outline-2 outline-ink",
            )}
            style={{ left: mark.left, width: pixels }}
          >
            {pixels >= LETTER_FROM_PIXELS && (
              // The letter is a mark like the pattern, no part of what the button says.
              <span
                data-letter={look.letter}
                className="kind-ink tc absolute top-1/2 left-[2px] -translate-y-1/2 bg-panel px-[2px] text-xs leading-[14px] font-bold whitespace-nowrap before:content-[attr(data-letter)]"
              >
                {region.kind === "RETIMED" && pixels >= RATE_FROM_PIXELS && ` ${t.comparison.list.rate(region.rate)}`}
              </span>
            )}
          </button>
        );
      })}
    </div>
  );
}

function labelOf({ region, regions }: RegionMark, { timeline, domain, comparison }: Texts): string {
  const { word } = domain.kinds[region.kind];
  const kind = region.kind === "RETIMED" ? timeline.retimed(word, comparison.list.rate(region.rate)) : word;
  const told = timeline.region(kind, domain.modalities[region.modality], duration(regionLength(region)));
  return regions.length > 1 ? timeline.more(told, regions.length - 1) : told;
}
