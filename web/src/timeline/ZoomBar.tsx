import { useRef, type PointerEvent } from "react";
import { clampView, type View } from "./zoom";

interface ZoomBarProps {
  readonly view: View;
  readonly duration: number;
  readonly onView: (change: (view: View) => View) => void;
}

/** Which part of the timeline is shown; drag it to see another part. */
export function ZoomBar({ view, duration, onView }: ZoomBarProps) {
  const grip = useRef(0);
  const whole = Math.max(duration, 0.5);
  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const bar = event.currentTarget;
    const box = bar.getBoundingClientRect();
    const time = ((event.clientX - box.left) / box.width) * whole;
    const span = view.end - view.start;
    if (event.type === "pointerdown") {
      bar.setPointerCapture(event.pointerId);
      grip.current = time >= view.start && time <= view.end ? time - view.start : span / 2;
    } else if (!bar.hasPointerCapture(event.pointerId)) return;
    onView(() => clampView({ start: time - grip.current, end: time - grip.current + span }, duration));
  };
  return (
    <div className="relative h-2.5 flex-1 touch-none bg-well" aria-hidden="true" onPointerDown={drag} onPointerMove={drag}>
      <div
        className="absolute inset-y-0 rounded-[2px] bg-line-strong/70"
        style={{ left: `${(view.start / whole) * 100}%`, width: `${((view.end - view.start) / whole) * 100}%` }}
      />
    </div>
  );
}
