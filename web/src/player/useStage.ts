/** The stage: both pictures with their transport. It fills the screen, and is kept as a still. */
import { useState, type RefObject } from "react";
import { exportName } from "../domain/fileNames";
import { saveFile } from "../ui/saving";
import type { Media } from "../media/useMedia";
import { timecode } from "../time/timecode";
import type { PlayerController } from "./controller";
import { drawStill } from "./still";
import type { Side } from "../domain/model";
import type { Texts } from "../texts";
import { useTexts } from "../texts/useTexts";

export interface Stage {
  readonly toggleFullScreen: () => void;
  /** Saves both pictures at the playhead. */
  readonly saveStill: () => void;
  /** Why the last still could not be made. */
  readonly problem: string | undefined;
}

/** `ref` is given to the element that holds the pictures and the transport. */
export function useStage(
  ref: RefObject<HTMLElement | null>,
  player: PlayerController,
  media: { readonly a: Media; readonly b: Media },
): Stage {
  const t = useTexts();
  const [problem, setProblem] = useState<keyof Texts["player"]["stage"]>();

  const toggleFullScreen = (): void => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void ref.current?.requestFullscreen().catch(() => setProblem("noFullScreen"));
  };

  const saveStill = async (): Promise<void> => {
    const found = [...(ref.current?.querySelectorAll("video") ?? [])];
    if (found.length < 2 || found.some(({ videoWidth }) => videoWidth === 0)) {
      setProblem("unready");
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
      const name = t.comparison.exports.fileName(exportName(a?.displayName ?? "A"), exportName(b?.displayName ?? "B"));
      saveFile(`${name} ${moment}.png`, png, "image/png");
      setProblem(undefined);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      setProblem(error.name === "SecurityError" ? "refused" : "undrawable");
    }
  };

  return { toggleFullScreen, saveStill: () => void saveStill(), problem: problem && t.player.stage[problem] };
}
