import { useEffect, useRef, type KeyboardEvent } from "react";
import type { PlayerController } from "../player/controller";
import { useTexts } from "../texts/useTexts";
import { timecode } from "../time/timecode";
import { shareOf, type View } from "./zoom";

interface PlayheadProps {
  readonly player: PlayerController;
  readonly view: View;
  readonly width: number;
  readonly frameRate: number;
  /** What is at a time, in words. */
  readonly describe: (time: number) => string;
}

/** The playhead: moves without React, once a frame, and is a slider for the keyboard. */
export function Playhead({ player, view, width, frameRate, describe }: PlayheadProps) {
  const t = useTexts().timeline;
  const line = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      player.onTime((time) => {
        const element = line.current;
        if (!element) return;
        const share = shareOf(view, time);
        element.style.transform = `translateX(${share * width}px)`;
        element.style.visibility = share < -0.001 || share > 1.001 ? "hidden" : "visible";
        element.setAttribute("aria-valuenow", time.toFixed(2));
        element.setAttribute("aria-valuetext", `${timecode(time, frameRate)}, ${describe(time)}`);
      }),
    // In another language, what is at the playhead is described anew.
    [player, view, width, frameRate, describe, t],
  );
  const keys = (event: KeyboardEvent): void => {
    const steps: Record<string, () => void> = {
      ArrowLeft: () => player.step(event.shiftKey ? -Math.round(frameRate) : -1),
      ArrowRight: () => player.step(event.shiftKey ? Math.round(frameRate) : 1),
      PageUp: () => player.seek(player.time + 10),
      PageDown: () => player.seek(player.time - 10),
      Home: () => player.seek(0),
      End: () => player.seek(player.lastFrame),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  return (
    <div
      ref={line}
      role="slider"
      tabIndex={0}
      aria-label={t.position}
      aria-orientation="horizontal"
      aria-valuemin={0}
      aria-valuemax={Number(player.master.duration.toFixed(2))}
      aria-valuenow={0}
      onKeyDown={keys}
      className="pointer-events-none absolute inset-y-0 left-0 z-20 -ml-[5px] w-[11px]"
    >
      <svg width={11} height={9} className="block" aria-hidden="true">
        <path d="M0 0h11v4L5.5 9 0 4z" fill="var(--ink)" />
      </svg>
      <div className="absolute inset-y-0 left-[5px] w-px bg-ink" />
    </div>
  );
}
