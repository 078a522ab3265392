import { memo } from "react";
import type { Remark } from "./remarks";
import { shareOf, type View } from "./zoom";

interface RemarkLaneProps {
  readonly remarks: readonly Remark[];
  /** The language of the remarks, where it is not the page's. */
  readonly lang: string | undefined;
  readonly view: View;
  readonly width: number;
}

/** The height of the lane in pixels. */
export const REMARK_HEIGHT = 17;

/** A slim lane of stretches with something to say about them; no edits. */
export const RemarkLane = memo(function RemarkLane({ remarks, lang, view, width }: RemarkLaneProps) {
  return (
    <div data-testid="remarks" className="relative overflow-hidden bg-well" style={{ height: REMARK_HEIGHT }}>
      {remarks.map(({ start, end, label }) => {
        // The words stay in sight when only a later part of the stretch is shown.
        const left = Math.max(0, shareOf(view, start) * width);
        const right = Math.min(width, shareOf(view, end) * width);
        if (right <= left) return null;
        return (
          <div
            key={`${start}/${label}`}
            title={label}
            lang={lang}
            className="absolute inset-y-[2px] truncate border-l-2 border-line-strong bg-raised/70 px-1 text-xs leading-[13px] text-dim select-none"
            style={{ left, width: right - left }}
          >
            {label}
          </div>
        );
      })}
    </div>
  );
});
