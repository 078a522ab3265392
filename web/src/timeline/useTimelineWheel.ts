/** Wheels over the timeline: they pan, and with a modifier they zoom at the pointer. */
import { useEffect, type RefObject } from "react";
import { panView, timeAtShare, zoomView, type View } from "./zoom";

export function useTimelineWheel(
  surface: RefObject<HTMLElement | null>,
  duration: number,
  onView: (change: (view: View) => View) => void,
): void {
  // React listens to wheels passively; zooming has to keep the page still.
  useEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    const wheel = (event: WheelEvent): void => {
      const box = element.getBoundingClientRect();
      event.preventDefault();
      if (event.ctrlKey || event.metaKey || event.altKey) {
        const share = (event.clientX - box.left) / box.width;
        onView((before) => zoomView(before, duration, Math.exp(-event.deltaY / 250), timeAtShare(before, share)));
      } else {
        const pixels = event.deltaX || event.deltaY;
        onView((before) => panView(before, duration, (pixels / box.width) * (before.end - before.start)));
      }
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [surface, duration, onView]);
}
