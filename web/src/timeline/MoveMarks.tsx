import { memo } from "react";
import type { Move } from "./moves";
import { shareOf, type View } from "./zoom";

interface MoveMarksProps {
  readonly moves: readonly Move[];
  readonly view: View;
  readonly width: number;
  /** The height of one version's track in pixels. */
  readonly trackHeight: number;
  /** The keys of what is selected or under the pointer. */
  readonly activeKeys: ReadonlySet<string>;
}

const MARK = 4;

/** Marks moved content in A's track, and its place in B's; a curve joins the two while it is active. */
export const MoveMarks = memo(function MoveMarks({ moves, view, width, trackHeight, activeKeys }: MoveMarksProps) {
  const x = (time: number): number => shareOf(view, time) * width;
  const height = 2 * trackHeight + 1;
  return (
    <svg
      width={Math.max(width, 1)}
      height={height}
      data-kind="MOVED"
      data-testid="moves"
      className="pointer-events-none absolute inset-x-0 top-0 z-10 overflow-hidden"
      aria-hidden="true"
    >
      {moves.map(({ key, from, to }) => {
        const [left, right, place] = [x(from.start), x(from.end), x(to)];
        const middle = (left + right) / 2;
        const [top, bottom] = [trackHeight - MARK, trackHeight + 1 + MARK];
        return (
          <g key={key} stroke="var(--kind)" fill="none" strokeWidth={activeKeys.has(key) ? 2.5 : 1.5}>
            <path d={`M${left} ${top - MARK}V${top}H${right}v${-MARK}`} />
            <path d={`M${place} ${trackHeight + 1}V${height}`} strokeDasharray="3 2" />
            <path d={`M${place - MARK} ${height}h${2 * MARK}l${-MARK} ${-2 * MARK}z`} fill="var(--kind)" />
            {activeKeys.has(key) && (
              <path
                data-testid="move-link"
                d={`M${middle} ${top}C${middle} ${bottom + trackHeight / 2} ${place} ${top - trackHeight / 4} ${place} ${height - 2 * MARK}`}
              />
            )}
          </g>
        );
      })}
    </svg>
  );
});
