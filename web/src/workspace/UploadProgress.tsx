import { fileSize, roughDuration } from "../time/timecode";
import { Button } from "../ui/Button";
import { Meter } from "../ui/Meter";
import type { UploadProgress as Progress } from "../upload/uploader";

interface UploadProgressProps {
  readonly progress: Progress;
  readonly tone: "a" | "b";
  readonly onCancel: () => void;
}

const STAGES: Record<Progress["stage"], string> = {
  starting: "Starting",
  sending: "Uploading",
  waiting: "Connection lost, trying again",
  checking: "Looking into the file",
};

/** How far an upload is: bytes, rate and what remains. */
export function UploadProgress({ progress, tone, onCancel }: UploadProgressProps) {
  const { stage, sentBytes, totalBytes, bytesPerSecond, secondsLeft, resumed } = progress;
  const share = totalBytes > 0 ? sentBytes / totalBytes : 0;
  const percent = `${Math.floor(share * 100)}%`;
  const sending = stage === "sending";
  return (
    <div className="space-y-2">
      <Meter
        label="Upload"
        value={stage === "checking" ? undefined : share}
        valueText={stage === "checking" ? STAGES.checking : `${percent} uploaded`}
        tone={tone}
      />
      <div className="flex items-center justify-between gap-3 text-sm">
        <p role="status" className="min-w-0 truncate text-dim">
          {STAGES[stage]}
          {resumed && sending && ", continued where it stopped"}
        </p>
        <p className="tc shrink-0 text-dim">
          {sending && bytesPerSecond !== undefined && bytesPerSecond > 0 && `${fileSize(bytesPerSecond)}/s  `}
          {sending && secondsLeft !== undefined && `${roughDuration(secondsLeft)} left  `}
          <span className="text-ink">
            {fileSize(sentBytes)} / {fileSize(totalBytes)}
          </span>
        </p>
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
