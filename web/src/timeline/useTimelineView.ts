/** The part of the master timeline that is in sight: all of it until somebody zooms. */
import { useCallback, useState } from "react";
import { fitView, type View } from "./zoom";

export interface TimelineView {
  readonly view: View;
  readonly change: (change: (view: View) => View) => void;
  readonly fit: () => void;
}

export function useTimelineView(duration: number): TimelineView {
  const [zoomed, setZoomed] = useState<View>();
  const change = useCallback(
    (next: (view: View) => View) => setZoomed((before) => next(before ?? fitView(duration))),
    [duration],
  );
  return { view: zoomed ?? fitView(duration), change, fit: () => setZoomed(undefined) };
}
