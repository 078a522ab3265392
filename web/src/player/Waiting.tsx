import { useEffect, useState } from "react";
import { useTexts } from "../texts/useTexts";
import type { PlayerController } from "./controller";
import type { Side } from "../domain/model";
import { waitingOf } from "./waiting";

interface WaitingProps {
  readonly side: Side;
  readonly player: PlayerController;
}

/** Dims the picture that stands still, and says what it waits for. */
export function Waiting({ side, player }: WaitingProps) {
  const t = useTexts().player.waits;
  const [words, setWords] = useState<string>();
  useEffect(() => player.onTime(() => setWords(waitingOf(side, player.position(), t))), [player, side, t]);
  if (words === undefined) return null;
  return (
    <div data-testid={`waits-${side}`} className="pointer-events-none absolute inset-0 grid place-items-center bg-black/60">
      <p className="rounded-[3px] bg-black/70 px-3 py-1 text-sm text-white/85">{words}</p>
    </div>
  );
}
