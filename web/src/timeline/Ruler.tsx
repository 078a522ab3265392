import { memo } from "react";
import { timecode } from "../time/timecode";
import { rulerMarks } from "./ruler";
import { shareOf, type View } from "./zoom";

interface RulerProps {
  readonly view: View;
  readonly width: number;
  readonly frameRate: number;
}

export const Ruler = memo(function Ruler({ view, width, frameRate }: RulerProps) {
  return (
    <div className="relative h-5 overflow-hidden border-b border-line" aria-hidden="true">
      {rulerMarks(view, width, 116).map((time) => (
        <span
          key={time}
          className="tc absolute bottom-0 border-l border-line-strong pb-px pl-1 text-xs leading-4 text-faint"
          style={{ left: shareOf(view, time) * width }}
        >
          {timecode(time, frameRate)}
        </span>
      ))}
    </div>
  );
});
