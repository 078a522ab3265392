import { memo, useCallback, useContext, useEffect, useMemo, useRef, useState, type CSSProperties } from "react";
import type { Box, PictureMap, Side } from "../domain/model";
import { StartsContext } from "../media/useSourceStarts";
import type { Media } from "../media/useMedia";
import { useTexts } from "../texts/useTexts";
import { useSize } from "../ui/useSize";
import type { PlayerController } from "./controller";
import { DifferenceView } from "./DifferenceView";
import { inA, laidUpon, pixelZoom, placed, SAME_PLACE, showsPixels, type Size } from "./lens";
import { LensMap } from "./LensMap";
import { CAPTION_HEIGHT, Monitor } from "./Monitor";
import { usePictureGestures } from "./usePictureGestures";
import type { ViewControl } from "./useViewing";
import { shownLayout, shownOpacity, type Viewing } from "./viewing";

interface ViewerProps {
  readonly viewing: Viewing;
  readonly control: ViewControl;
  readonly media: { readonly a: Media; readonly b: Media };
  readonly player: PlayerController;
  /** The changed part of the picture under the playhead. */
  readonly box: Box | undefined;
  /** Where B's picture lies in A's; undefined when it lies where A's does. */
  readonly map: PictureMap | undefined;
  /** Says where a version's time code starts; an empty one is what the file says. */
  readonly onStart: (side: Side, start: string) => void;
}

const UNKNOWN: Size = { width: 16, height: 9 };

/** Both pictures. Changing the layout keeps the players: only styles change. */
export const Viewer = memo(function Viewer({ viewing, control, media, player, box, map, onStart }: ViewerProps) {
  const { player: t, formats } = useTexts();
  const { lens, wipe } = viewing;
  const starts = useContext(StartsContext);
  const layout = shownLayout(viewing);
  const element = useRef<HTMLDivElement>(null);
  const { ref, width, height } = useSize();
  const [painted, setPainted] = useState(true);
  const [sizes, setSizes] = useState<{ readonly a?: Size; readonly b?: Size }>({});

  const area = useMemo(
    () => ({ width: layout === "side" ? (width - 1) / 2 : width, height: Math.max(0, height - CAPTION_HEIGHT) }),
    [layout, width, height],
  );
  const sizeA = sizes.a ?? sizeOf(media.a);
  const sizeB = sizes.b ?? sizeOf(media.b);
  const pixels = pixelZoom(area, sizeA, window.devicePixelRatio);
  useEffect(() => control.change({ pixels }), [control, pixels]);

  const found = viewing.aligned ? (map ?? SAME_PLACE) : SAME_PLACE;
  const placeA = useMemo(() => placed(area, sizeA, lens), [area, sizeA, lens]);
  const placeB = layout === "side" ? placed(area, sizeB, lens) : laidUpon(placeA, found);
  const sharp = showsPixels(lens.zoom, pixels);
  const failed = useCallback(() => setPainted(false), []);
  usePictureGestures(element, { layout, lens, placeA, control });

  const outlined = viewing.outlines && layout !== "difference" ? box : undefined;
  return (
    <div
      ref={(node) => {
        element.current = node;
        const stop = ref(node);
        return () => {
          element.current = null;
          stop?.();
        };
      }}
      data-layout={layout}
      data-painted={layout === "difference" && painted}
      className="viewer relative flex min-h-52 flex-1 gap-px overflow-hidden bg-line"
      style={{ "--wipe": `${wipe}%`, "--opacity": shownOpacity(viewing) } as CSSProperties}
    >
      {(["a", "b"] as const).map((side) => (
        <Monitor
          key={side}
          side={side}
          media={media[side]}
          player={player}
          start={starts[side]}
          onStart={(start) => onStart(side, start)}
          box={outlined && side === "a" && map ? inA(outlined, map) : outlined}
          place={side === "a" ? placeA : placeB}
          sharp={sharp}
          mirrored={side === "b" && layout !== "side" && found.mirrored}
          onSize={(size) => setSizes((before) => ({ ...before, [side]: size }))}
        />
      ))}
      {layout === "difference" && painted && (
        <DifferenceView
          player={player}
          pictures={element}
          width={area.width}
          height={area.height}
          a={placeA}
          map={found}
          gain={viewing.gain}
          falseColours={viewing.falseColours}
          sharp={sharp}
          onFailure={failed}
        />
      )}
      {layout === "difference" && !painted && (
        <p role="status" className="absolute inset-x-0 bottom-0 bg-panel/90 px-3 py-1 text-sm">
          {t.unpainted}
        </p>
      )}
      {layout === "wipe" && (
        <>
          <div className="pointer-events-none absolute top-8 bottom-0 w-px bg-white" style={{ left: `${wipe}%` }} aria-hidden="true" />
          <input
            type="range"
            aria-label={t.wipe}
            aria-valuetext={t.wipeSpoken(formats.percent(wipe))}
            min={0}
            max={100}
            value={wipe}
            onChange={(event) => control.change({ wipe: Number(event.target.value) })}
            className="absolute inset-x-0 bottom-1 opacity-0 focus-visible:opacity-100"
          />
        </>
      )}
      <LensMap lens={lens} control={control} />
    </div>
  );
});

function sizeOf({ video }: Media): Size {
  return video && video.width > 0 && video.height > 0 ? video : UNKNOWN;
}
