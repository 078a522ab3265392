/** The stage: both pictures with their transport. It fills the screen, and is kept as a still. */
import { useState, type RefObject } from "react";
import { exportName } from "../comparison/exporting";
import { saveFile } from "../comparison/saving";
import type { Media } from "../comparison/useMedia";
import { timecode } from "../time/timecode";
import type { PlayerController } from "./controller";
import { drawStill } from "./still";
import type { Side } from "./sync";

export interface Stage {
  readonly toggleFullScreen: () => void;
  /** Saves both pictures at the playhead. */
  readonly saveStill: () => void;
  /** Why the last still could not be made. */
  readonly problem: string | undefined;
}

const REFUSED = "The pictures cannot be saved: they come from another server, whose pictures browsers do not hand out.";
const UNREADY = "The pictures cannot be saved: they are not loaded yet.";

/** `ref` is given to the element that holds the pictures and the transport. */
export function useStage(
  ref: RefObject<HTMLElement | null>,
  player: PlayerController,
  media: { readonly a: Media; readonly b: Media },
): Stage {
  const [problem, setProblem] = useState<string>();

  const toggleFullScreen = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void ref.current?.requestFullscreen().catch(() => setProblem("This browser does not fill the screen here."));
  };

  const saveStill = async (): Promise<void> => {
    const found = [...(ref.current?.querySelectorAll("video") ?? [])];
    if (found.length < 2 || found.some(({ videoWidth }) => videoWidth === 0)) {
      setProblem(UNREADY);
      return;
    }
    const sides: readonly Side[] = ["a", "b"];
    const named = sides.map((side) => {
      const { displayName = side, frameRate = 0 } = media[side].video ?? {};
      return { displayName, at: timecode(player.shown(side), frameRate) };
    });
    try {
      const png = await drawStill(
        found.map((picture, index) => ({
          picture,
          caption: `${"AB"[index] ?? ""}  ${named[index]?.displayName ?? ""}  ${named[index]?.at ?? ""}`,
        })),
      );
      const [a, b] = named;
      const moment = a?.at.replaceAll(":", "-") ?? "";
      saveFile(`${exportName(a?.displayName ?? "A")} vs ${exportName(b?.displayName ?? "B")} ${moment}.png`, png, "image/png");
      setProblem(undefined);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      setProblem(error.name === "SecurityError" ? REFUSED : error.message);
    }
  };

  return { toggleFullScreen, saveStill: () => void saveStill(), problem };
}
