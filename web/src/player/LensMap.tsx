import type { KeyboardEvent } from "react";
import { useTexts } from "../texts/useTexts";
import type { Lens } from "./lens";
import type { ViewControl } from "./useViewing";

interface LensMapProps {
  readonly lens: Lens;
  readonly control: ViewControl;
}

/** What of the whole a press of an arrow key moves by, at zoom 1. */
const STEP = 0.1;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Which part of the pictures is in sight, while not all of it is; arrow keys move it. */
export function LensMap({ lens, control }: LensMapProps) {
  const t = useTexts().player.lens;
  if (lens.zoom <= 1) return null;
  const press = (event: KeyboardEvent): void => {
    const by = KEYS[event.key];
    if (!by) return;
    event.preventDefault();
    control.move({ x: by[0] / lens.zoom, y: by[1] / lens.zoom });
  };
  const side = 100 / lens.zoom;
  return (
    <button
      type="button"
      aria-label={t.name}
      title={t.hint}
      onKeyDown={press}
      onClick={control.fit}
      className="absolute right-2 bottom-2 z-10 h-[54px] w-[96px] border border-white/60 bg-black/60"
    >
      <span
        className="absolute border border-white bg-white/25"
        style={{
          left: `${lens.x * 100 - side / 2}%`,
          top: `${lens.y * 100 - side / 2}%`,
          width: `${side}%`,
          height: `${side}%`,
        }}
      />
    </button>
  );
}
