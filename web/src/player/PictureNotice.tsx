import type { ReactNode } from "react";
import type { Media } from "../media/useMedia";
import type { Texts } from "../texts";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Meter } from "../ui/Meter";
import { ProblemNote } from "../ui/ProblemNote";
import type { Side } from "../domain/model";

interface PictureNoticeProps {
  readonly side: Side;
  readonly media: Media;
}

/** Why there is no picture, or which one it is. */
export function PictureNotice({ side, media }: PictureNoticeProps) {
  const { notice, video } = media;
  const { player, formats } = useTexts();
  const t = player.copy;
  const codec = codecName(video?.videoCodec ?? "", t);
  switch (notice?.kind) {
    case "making": {
      const state = notice.progress === undefined ? t.waiting : formats.percent(Math.floor(notice.progress * 100));
      return (
        <Panel role="status">
          <p>{notice.soundOnly ? t.makingForSound(state) : t.making(codec, state)}</p>
          <p className="mb-2 text-xs text-faint">{t.original}</p>
          <Meter label={t.of(side.toUpperCase())} value={notice.progress} valueText={state} tone={side} />
        </Panel>
      );
    }
    case "failed":
      return (
        <div className="absolute inset-x-3 top-3 bg-panel">
          <ProblemNote
            lead={t.failed(codec)}
            problem={{ message: notice.message, reason: notice.reason, retryable: true }}
          >
            <Button onClick={media.makeCopy}>{t.again}</Button>
          </ProblemNote>
        </div>
      );
    case "unplayable":
      return (
        <Panel role="alert">
          <p>{t.unplayable(codec)}</p>
        </Panel>
      );
    default:
      return null;
  }
}

/** Said beside the file's name while the copy plays. */
export function CopyMark() {
  const t = useTexts().player.copy;
  return (
    <span className="shrink-0 border border-line px-1 text-xs text-faint" title={t.hint}>
      {t.name}
      <span className="sr-only">{t.aside}</span>
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
};

/** A codec as people call it. */
function codecName(codec: string, t: Texts["player"]["copy"]): string {
  // Browsers play H.264: what they do not play is this kind of it.
  if (codec === "h264") return t.unusualH264;
  return CODEC_NAMES[codec] ?? (codec || t.unknownCodec);
}
