import { useSyncExternalStore } from "react";
import type { PlayerController } from "../player/controller";
import { shareOf, type View } from "./zoom";

interface LoopBandProps {
  readonly player: PlayerController;
  readonly view: View;
  readonly width: number;
}

/** The stretch that is played over and over, on the ruler. */
export function LoopBand({ player, view, width }: LoopBandProps) {
  const { loop } = useSyncExternalStore(player.subscribe, player.snapshot);
  if (!loop) return null;
  const left = shareOf(view, loop.start) * width;
  return (
    <div
      data-testid="loop"
      aria-hidden="true"
      className="pointer-events-none absolute top-0 h-5 border-x-2 border-ink bg-ink/15"
      style={{ left, width: Math.max(2, shareOf(view, loop.end) * width - left) }}
    />
  );
}
