import { memo } from "react";
import type { Texts } from "../texts";
import { useTexts } from "../texts/useTexts";
import { IconButton } from "../ui/Button";
import { classes } from "../ui/classes";
import { Icon } from "../ui/Icon";
import type { LaidItem } from "./laidOver";
import { shareOf, type View } from "./zoom";

interface LaidLaneProps {
  readonly items: readonly LaidItem[];
  readonly view: View;
  readonly width: number;
  readonly onGo: (time: number) => void;
  readonly onRemove: () => void;
}

/** The height of the lane in pixels. */
export const LAID_HEIGHT = 21;
/** Nearer than this, an item has no room beside the one before it. */
const ROOM_PIXELS = 5;
const FATE_CLASSES: Record<LaidItem["fate"], string> = {
  carried: "border-ink",
  doubtful: "border-danger",
  lost: "border-danger border-dashed opacity-70",
};

/** What was made for one version, laid over both. Keys go from one to the next. */
export const LaidLane = memo(function LaidLane({ items, view, width, onGo, onRemove }: LaidLaneProps) {
  const t = useTexts().timeline.laid;
  const shown = inSight(items, view, width);
  return (
    <div data-testid="laid-over" className="relative overflow-hidden bg-well" style={{ height: LAID_HEIGHT }}>
      {shown.map(({ item, left, room }, index) => {
        const label = labelOf(item, t);
        return (
          <button
            key={`${item.stretch.start}/${index}`}
            type="button"
            tabIndex={-1}
            title={label}
            aria-label={label}
            onPointerDown={(event) => event.stopPropagation()}
            onClick={() => onGo(item.stretch.start)}
            className={classes(
              "absolute inset-y-[2px] truncate border-l-2 px-1 text-left text-xs leading-[17px] text-dim hover:text-ink",
              FATE_CLASSES[item.fate],
            )}
            style={{ left, width: room }}
          >
            {item.text}
          </button>
        );
      })}
      <span className="absolute inset-y-0 right-0 bg-well" onPointerDown={(event) => event.stopPropagation()}>
        <IconButton label={t.remove} className="h-[21px]! min-w-[21px]!" onClick={onRemove}>
          <Icon name="close" size={12} />
        </IconButton>
      </span>
    </div>
  );
});

function labelOf({ text, fate }: LaidItem, t: Texts["timeline"]["laid"]): string {
  const name = text || t.unnamed;
  if (fate === "carried") return name;
  return fate === "lost" ? t.lost(name) : t.toCheck(name);
}

/** Where each item that has room begins, and how much it has: up to the next one. */
function inSight(items: readonly LaidItem[], view: View, width: number) {
  const shown: { item: LaidItem; left: number; room: number }[] = [];
  for (const item of items) {
    const left = shareOf(view, item.stretch.start) * width;
    const last = shown.at(-1);
    if (left < -width || left > width || (last && left - last.left < ROOM_PIXELS)) continue;
    if (last) last.room = Math.min(last.room, left - last.left);
    shown.push({ item, left, room: 240 });
  }
  return shown;
}
