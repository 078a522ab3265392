/** How both pictures are looked at, and what changes it. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { moved, WHOLE, zoomed, type Place } from "./lens";
import { firstTurn, toggledLayout, turned, USUAL_VIEWING, type ViewerLayout, type Viewing } from "./viewing";

export interface ViewControl {
  readonly change: (change: Partial<Viewing>) => void;
  /** The same layout again goes back to side by side. */
  readonly toggleLayout: (layout: ViewerLayout) => void;
  /** Above 1 comes closer; `anchor` stays where it is, the middle when there is none. */
  readonly zoom: (factor: number, anchor?: Place) => void;
  readonly move: (by: Place) => void;
  readonly fit: () => void;
  /** One pixel of A for one of the screen. */
  readonly pixelByPixel: () => void;
  /** Lets both take turns, or ends that. */
  readonly blink: (on: boolean) => void;
}

/** Slow enough to be safe to look at, quick enough for the eye to compare. */
const TURN_MS = 400;

export function useViewing(): { readonly viewing: Viewing; readonly control: ViewControl } {
  const [viewing, setViewing] = useState(USUAL_VIEWING);
  const change = useCallback((next: Partial<Viewing>) => setViewing((before) => ({ ...before, ...next })), []);
  const control = useMemo<ViewControl>(
    () => ({
      change,
      toggleLayout: (layout) => setViewing((before) => toggledLayout(before, layout)),
      zoom: (factor, anchor) =>
        setViewing((before) => ({
          ...before,
          lens: zoomed(before.lens, before.lens.zoom * factor, anchor ?? before.lens, before.pixels),
        })),
      move: (by) => setViewing((before) => ({ ...before, lens: moved(before.lens, by) })),
      fit: () => change({ lens: WHOLE }),
      pixelByPixel: () =>
        setViewing((before) => ({ ...before, lens: zoomed(before.lens, before.pixels, before.lens, before.pixels) })),
      blink: (on) => setViewing((before) => ({ ...before, blink: on ? (before.blink ?? firstTurn(before)) : undefined })),
    }),
    [change],
  );

  const blinking = viewing.blink !== undefined;
  useEffect(() => {
    if (!blinking || window.matchMedia("(prefers-reduced-motion: reduce)").matches) return undefined;
    const timer = setInterval(() => setViewing(turned), TURN_MS);
    return () => clearInterval(timer);
  }, [blinking]);
  return { viewing, control };
}
