import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useState } from "react";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { NameField } from "../ui/NameField";
import { slots } from "./slots";
import { Thumbnail } from "./Thumbnail";
import { VideoFacts } from "./VideoFacts";
import { useTexts } from "../texts/useTexts";

interface VideoRowProps {
  readonly video: Video;
  readonly chosen: boolean;
  readonly onChoose: (chosen: boolean) => void;
  readonly onRename: (displayName: string) => Promise<void>;
  readonly onDelete: () => void;
}

/** One video of the library. */
export function VideoRow({ video, chosen, onChoose, onRename, onDelete }: VideoRowProps) {
  const { workspace: { videos: t }, formats } = useTexts();
  const [renaming, setRenaming] = useState(false);
  return (
    <li className="flex items-center gap-4 px-3 py-2" data-testid="video">
      <input
        type="checkbox"
        aria-label={t.choose(video.displayName)}
        checked={chosen}
        onChange={(event) => onChoose(event.target.checked)}
        className="size-4 shrink-0"
      />
      <Thumbnail video={video.name} />
      <div className="min-w-0 flex-1">
        {renaming ? (
          <NameField
            label={t.newName(video.displayName)}
            name={video.displayName}
            onDone={(name) => {
              setRenaming(false);
              if (name !== undefined) void onRename(name);
            }}
          />
        ) : (
          <p className="truncate">{video.displayName}</p>
        )}
        <VideoFacts video={video} />
      </div>
      <p className="hidden text-xs text-faint sm:block">
        {video.createTime && formats.dateTime(timestampDate(video.createTime))}
      </p>
      <div className="flex gap-1">
        {(["a", "b"] as const).map((side) => (
          <Button
            key={side}
            aria-label={t.useAsOf(side.toUpperCase(), video.displayName)}
            onClick={() => void slots[side].use(video)}
          >
            {t.useAs} <strong className={side === "a" ? "text-va" : "text-vb"}>{side.toUpperCase()}</strong>
          </Button>
        ))}
        <IconButton label={t.rename(video.displayName)} onClick={() => setRenaming(true)}>
          <Icon name="edit" />
        </IconButton>
        <IconButton label={t.deleteOf(video.displayName)} onClick={onDelete}>
          <Icon name="close" />
        </IconButton>
      </div>
    </li>
  );
}
