import { useState, type CSSProperties, type PointerEvent } from "react";
import type { Box } from "../comparison/model";
import type { Media } from "../comparison/useMedia";
import type { PlayerController } from "./controller";
import { Monitor } from "./Monitor";

/** How the two pictures are shown: beside each other, or one upon the other. */
export type ViewerLayout = "side" | "wipe" | "difference";

interface ViewerProps {
  readonly layout: ViewerLayout;
  readonly media: { readonly a: Media; readonly b: Media };
  readonly player: PlayerController;
  /** The changed part of the picture under the playhead. */
  readonly box: Box | undefined;
}

/** Both pictures. Changing the layout keeps the players: only styles change. */
export function Viewer({ layout, media, player, box }: ViewerProps) {
  const [wipe, setWipe] = useState(50);
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    if (layout !== "wipe" || event.buttons !== 1) return;
    // A press on a control is the control's own.
    if (event.target instanceof Element && event.target.closest("button")) return;
    if (event.type === "pointerdown") event.currentTarget.setPointerCapture(event.pointerId);
    const area = event.currentTarget.getBoundingClientRect();
    setWipe(Math.min(100, Math.max(0, ((event.clientX - area.left) / area.width) * 100)));
  };
  return (
    <div
      data-layout={layout}
      className="viewer relative flex min-h-52 flex-1 gap-px bg-line"
      style={{ "--wipe": `${wipe}%` } as CSSProperties}
      onPointerDown={drag}
      onPointerMove={drag}
    >
      <Monitor side="a" media={media.a} player={player} box={layout === "difference" ? undefined : box} />
      <Monitor side="b" media={media.b} player={player} box={layout === "difference" ? undefined : box} />
      {layout === "wipe" && (
        <>
          <div className="pointer-events-none absolute top-8 bottom-0 w-px bg-white" style={{ left: `${wipe}%` }} aria-hidden="true" />
          <input
            type="range"
            aria-label="Wipe from A to B"
            aria-valuetext={`${Math.round(wipe)}% A`}
            min={0}
            max={100}
            value={wipe}
            onChange={(event) => setWipe(Number(event.target.value))}
            className="absolute inset-x-0 bottom-1 opacity-0 focus-visible:opacity-100"
          />
        </>
      )}
    </div>
  );
}
