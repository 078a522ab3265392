/** The note that is being written, and the panel that it is written in. */
import { useState } from "react";
import type { PlayerController } from "../player/controller";
import type { SideTab } from "./SidePanel";

export interface Writing {
  readonly tab: SideTab;
  readonly onTab: (tab: SideTab) => void;
  /** The moment of the note; undefined when none is being written. */
  readonly writingAt: number | undefined;
  /** Begins a note at a moment, or leaves off. */
  readonly onWrite: (time: number | undefined) => void;
}

export function useWriting(player: PlayerController): Writing {
  const [tab, onTab] = useState<SideTab>("edits");
  const [writingAt, setWritingAt] = useState<number>();
  return {
    tab,
    onTab,
    writingAt,
    onWrite: (time) => {
      if (time !== undefined) {
        player.pause();
        onTab("notes");
      }
      setWritingAt(time);
    },
  };
}
