import { useState } from "react";
import { fileSize, roughDuration } from "../time/timecode";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Meter } from "../ui/Meter";
import type { UploadProgress as Progress } from "../upload/uploader";
import { useTexts } from "../texts/useTexts";

interface UploadProgressProps {
  readonly progress: Progress;
  readonly tone: "a" | "b";
  readonly paused?: boolean;
  readonly onCancel: () => void;
  /** Stops for a while, or goes on. Undefined where that cannot be. */
  readonly onPause?: (() => void) | undefined;
}

/** So much is thrown away only after a question. */
const MUCH_BYTES = 20_000_000;

/** How far an upload is: bytes, rate and what remains. */
export function UploadProgress({ progress, tone, paused = false, onCancel, onPause }: UploadProgressProps) {
  const t = useTexts().workspace.upload;
  const [asking, setAsking] = useState(false);
  const { stage, sentBytes, totalBytes, bytesPerSecond, secondsLeft, resumed } = progress;
  const share = totalBytes > 0 ? sentBytes / totalBytes : 0;
  const sending = stage === "sending" && !paused;
  return (
    <div className="space-y-2">
      <Meter
        label={t.name}
        value={stage === "checking" ? undefined : share}
        valueText={stage === "checking" ? t.stages.checking : t.uploaded(Math.floor(share * 100))}
        tone={tone}
      />
      <div className="flex items-center justify-between gap-3 text-sm">
        <p role="status" className="min-w-0 text-dim">
          {paused ? t.paused : resumed && sending ? t.resumed(t.stages[stage]) : t.stages[stage]}
        </p>
        <p className="tc shrink-0 text-dim">
          {sending && bytesPerSecond !== undefined && bytesPerSecond > 0 && `${t.rate(fileSize(bytesPerSecond))}  `}
          {sending && secondsLeft !== undefined && `${t.left(roughDuration(secondsLeft))}  `}
          <span className="text-ink">
            {fileSize(sentBytes)} / {fileSize(totalBytes)}
          </span>
        </p>
        {onPause && stage !== "checking" && (
          <Button look="quiet" onClick={onPause}>
            {paused ? t.resume : t.pause}
          </Button>
        )}
        <Button look="quiet" onClick={() => (sentBytes >= MUCH_BYTES ? setAsking(true) : onCancel())}>
          {t.cancel}
        </Button>
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title={t.reallyCancel}
        description={t.wouldBeLost(fileSize(sentBytes))}
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setAsking(false)}>{t.keepOn}</Button>
          <Button
            look="danger"
            onClick={() => {
              setAsking(false);
              onCancel();
            }}
          >
            {t.throwAway}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
