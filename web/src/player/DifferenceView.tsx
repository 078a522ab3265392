import { useEffect, useRef, type RefObject } from "react";
import type { PictureMap } from "../domain/model";
import { useTexts } from "../texts/useTexts";
import type { PlayerController } from "./controller";
import { DifferencePainter } from "./differencePainter";
import type { Rect } from "./lens";

interface DifferenceViewProps {
  readonly player: PlayerController;
  /** The element in which both videos are. */
  readonly pictures: RefObject<HTMLElement | null>;
  readonly width: number;
  readonly height: number;
  /** Where A's picture lies, in pixels of the page. */
  readonly a: Rect;
  readonly map: PictureMap;
  readonly gain: number;
  readonly falseColours: boolean;
  readonly sharp: boolean;
  /** Told when this browser, or these videos, do not allow it. */
  readonly onFailure: () => void;
}

/** The difference of both pictures, painted anew with every frame of either. */
export function DifferenceView(props: DifferenceViewProps) {
  const { player, pictures, width, height, a, map, gain, falseColours, sharp, onFailure } = props;
  const t = useTexts().player;
  const canvas = useRef<HTMLCanvasElement>(null);
  const painter = useRef<DifferencePainter>(undefined);

  useEffect(() => {
    const element = canvas.current;
    const [videoA, videoB] = pictures.current?.querySelectorAll("video") ?? [];
    if (!element || !videoA || !videoB) return undefined;
    const ratio = window.devicePixelRatio;
    element.width = Math.max(1, Math.round(width * ratio));
    element.height = Math.max(1, Math.round(height * ratio));
    const onCanvas = { left: a.left * ratio, top: a.top * ratio, width: a.width * ratio, height: a.height * ratio };
    let asked: number | undefined;
    const paint = (): void => {
      asked = undefined;
      if (videoA.videoWidth === 0 || videoB.videoWidth === 0) return;
      try {
        painter.current ??= new DifferencePainter(element);
        painter.current.paint(videoA, videoB, { a: onCanvas, map, gain, falseColours, sharp });
      } catch {
        onFailure();
      }
    };
    const soon = (): void => {
      asked ??= requestAnimationFrame(paint);
    };
    soon();
    const stops = [videoA, videoB].map((video) => onFrames(video, soon));
    const stopTime = player.onTime(soon);
    return () => {
      stops.forEach((stop) => stop());
      stopTime();
      if (asked !== undefined) cancelAnimationFrame(asked);
    };
  }, [player, pictures, width, height, a, map, gain, falseColours, sharp, onFailure]);

  useEffect(() => {
    const element = canvas.current;
    element?.addEventListener("webglcontextlost", onFailure);
    return () => element?.removeEventListener("webglcontextlost", onFailure);
  }, [onFailure]);

  return (
    <div
      role="img"
      aria-label={t.difference}
      className="pointer-events-none absolute inset-x-0 bottom-0"
      style={{ height }}
    >
      <canvas ref={canvas} data-testid="difference-picture" className="size-full" />
    </div>
  );
}

/** Calls `seen` with each frame that a video shows, as far as the browser tells. */
function onFrames(video: HTMLVideoElement, seen: () => void): () => void {
  let handle: number | undefined;
  const next = (): void => {
    if ("requestVideoFrameCallback" in video) {
      handle = video.requestVideoFrameCallback(() => {
        seen();
        next();
      });
    }
  };
  next();
  video.addEventListener("seeked", seen);
  video.addEventListener("loadeddata", seen);
  return () => {
    if (handle !== undefined) video.cancelVideoFrameCallback(handle);
    video.removeEventListener("seeked", seen);
    video.removeEventListener("loadeddata", seen);
  };
}
