/** Pointers and wheels over the pictures: they drag the wipe, move what is in sight, and zoom. */
import { useEffect, useRef, type RefObject } from "react";
import type { Lens, Place, Rect } from "./lens";
import { CAPTION_HEIGHT } from "./Monitor";
import type { ViewControl } from "./useViewing";
import type { ViewerLayout } from "./viewing";

interface Looking {
  readonly layout: ViewerLayout;
  readonly lens: Lens;
  readonly placeA: Rect;
  readonly control: ViewControl;
}

const MAIN_BUTTON = 1;
const MIDDLE_BUTTON = 4;

export function usePictureGestures(viewer: RefObject<HTMLElement | null>, looking: Looking): void {
  const latest = useRef(looking);
  useEffect(() => {
    latest.current = looking;
  });
  useEffect(() => {
    const element = viewer.current;
    if (!element) return undefined;

    const placeAt = (event: MouseEvent): Place => {
      const { layout, placeA } = latest.current;
      const box = element.getBoundingClientRect();
      const half = (box.width + 1) / 2;
      const x = event.clientX - box.left;
      // Beside each other, both pictures are at the same place of their own half.
      const within = layout === "side" && x >= half ? x - half : x;
      return {
        x: (within - placeA.left) / placeA.width,
        y: (event.clientY - box.top - CAPTION_HEIGHT - placeA.top) / placeA.height,
      };
    };
    const wheel = (event: WheelEvent): void => {
      const { lens, placeA, control } = latest.current;
      if (event.ctrlKey || event.metaKey || event.altKey) {
        event.preventDefault();
        control.zoom(Math.exp(-event.deltaY / 250), placeAt(event));
      } else if (lens.zoom > 1) {
        event.preventDefault();
        control.move({ x: event.deltaX / placeA.width, y: event.deltaY / placeA.height });
      }
    };
    const drag = (event: PointerEvent): void => {
      const { layout, lens, placeA, control } = latest.current;
      // A press on a control is the control's own.
      if (event.target instanceof Element && event.target.closest("button, input, select")) return;
      const moves = event.buttons === MIDDLE_BUTTON || (event.buttons === MAIN_BUTTON && layout !== "wipe");
      if (moves && lens.zoom > 1) {
        if (event.type === "pointerdown") element.setPointerCapture(event.pointerId);
        else control.move({ x: -event.movementX / placeA.width, y: -event.movementY / placeA.height });
      } else if (layout === "wipe" && event.buttons === MAIN_BUTTON) {
        if (event.type === "pointerdown") element.setPointerCapture(event.pointerId);
        const box = element.getBoundingClientRect();
        control.change({ wipe: Math.min(100, Math.max(0, ((event.clientX - box.left) / box.width) * 100)) });
      }
    };
    // React listens to wheels passively; zooming has to keep the page still.
    element.addEventListener("wheel", wheel, { passive: false });
    element.addEventListener("pointerdown", drag);
    element.addEventListener("pointermove", drag);
    return () => {
      element.removeEventListener("wheel", wheel);
      element.removeEventListener("pointerdown", drag);
      element.removeEventListener("pointermove", drag);
    };
  }, [viewer]);
}
