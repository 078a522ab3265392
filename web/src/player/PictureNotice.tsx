import type { ReactNode } from "react";
import type { Media } from "../comparison/useMedia";
import { Button } from "../ui/Button";
import { Meter } from "../ui/Meter";
import { ProblemNote } from "../ui/ProblemNote";
import type { Side } from "./sync";

interface PictureNoticeProps {
  readonly side: Side;
  readonly media: Media;
}

/** Why there is no picture, or which one it is. */
export function PictureNotice({ side, media }: PictureNoticeProps) {
  const { notice, video } = media;
  const codec = codecName(video?.videoCodec ?? "");
  switch (notice?.kind) {
    case "making": {
      const percent = notice.progress === undefined ? undefined : Math.floor(notice.progress * 100);
      const state = percent === undefined ? "waiting for its turn" : `${percent} %`;
      const without = notice.soundOnly ? "may play this file without its sound" : `cannot play ${codec}`;
      return (
        <Panel role="status">
          <p>
            This browser {without}. A preview copy is being made: {state}.
          </p>
          <p className="mb-2 text-xs text-faint">The comparison used the original.</p>
          <Meter label={`Preview copy of ${side.toUpperCase()}`} value={notice.progress} valueText={state} tone={side} />
        </Panel>
      );
    }
    case "failed":
      return (
        <div className="absolute inset-x-3 top-3 bg-panel">
          <ProblemNote
            problem={{
              message: `This browser cannot play ${codec}, and no preview copy could be made. ${notice.message}`,
              reason: notice.reason,
              retryable: true,
            }}
          >
            <Button onClick={media.makeCopy}>Make it again</Button>
          </ProblemNote>
        </div>
      );
    case "unplayable":
      return (
        <Panel role="alert">
          <p>
            This browser plays neither {codec} nor the preview copy (VP9). The comparison is complete all the same;
            another browser shows the pictures.
          </p>
        </Panel>
      );
    default:
      return null;
  }
}

/** Said beside the file's name while the copy plays. */
export function CopyMark() {
  return (
    <span
      className="shrink-0 border border-line px-1 text-xs text-faint"
      title="Preview copy, at most 1280 × 720; the comparison used the original"
    >
      Preview copy
      <span className="sr-only">; the comparison used the original</span>
    </span>
  );
}

function Panel({ role, children }: { readonly role: "status" | "alert"; readonly children: ReactNode }) {
  return (
    <div role={role} className="absolute inset-x-3 top-3 bg-panel px-3 py-2 text-sm">
      {children}
    </div>
  );
}

const CODEC_NAMES: Readonly<Record<string, string>> = {
  hevc: "HEVC",
  prores: "ProRes",
  dnxhd: "DNxHD",
  mpeg2video: "MPEG-2",
  mpeg4: "MPEG-4 Visual",
  h264: "this kind of H.264",
};

/** A codec as people call it. */
function codecName(codec: string): string {
  return CODEC_NAMES[codec] ?? (codec || "this video");
}
