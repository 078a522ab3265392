import { useState } from "react";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { toProblem, type Problem } from "../api/errors";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { Button, IconButton } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { ProblemNote } from "../ui/ProblemNote";
import { slots } from "./slots";
import { Thumbnail } from "./Thumbnail";
import { useVideos } from "./useVideos";
import { VideoFacts } from "./VideoFacts";

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The videos that are already there, to be used again. `version` changes when new ones may be. */
export function EarlierVideos({ version }: { readonly version: string }) {
  const list = useVideos(version);
  const [problem, setProblem] = useState<Problem>();
  const [doomed, setDoomed] = useState<Video>();
  const remove = (video: Video): void => {
    setDoomed(undefined);
    setProblem(undefined);
    list.remove(video.name).catch((error: unknown) => setProblem(toProblem(error)));
  };
  return (
    <section aria-labelledby="earlier" className="mt-8">
      <h2 id="earlier" className="mb-2 text-sm font-semibold">
        In this workspace
      </h2>
      {problem && <ProblemNote problem={problem} />}
      {list.problem && (
        <ProblemNote problem={list.problem}>
          <Button onClick={list.reload}>Try again</Button>
        </ProblemNote>
      )}
      {list.videos.length === 0 && !list.problem && (
        <p className="border border-line bg-panel px-3 py-4 text-sm text-dim">
          {list.loading ? "Reading the list…" : "Nothing yet. Videos you compare stay here, ready to be used again."}
        </p>
      )}
      {list.videos.length > 0 && (
        <ul className="divide-y divide-line border border-line bg-panel">
          {list.videos.map((video) => (
            <li key={video.name} className="flex items-center gap-4 px-3 py-2">
              <Thumbnail video={video.name} />
              <div className="min-w-0 flex-1">
                <p className="truncate">{video.displayName}</p>
                <VideoFacts video={video} />
              </div>
              <p className="hidden text-xs text-faint sm:block">
                {video.createTime && WHEN.format(timestampDate(video.createTime))}
              </p>
              <div className="flex gap-1">
                {(["a", "b"] as const).map((side) => (
                  <Button
                    key={side}
                    aria-label={`Use as ${side.toUpperCase()}: ${video.displayName}`}
                    onClick={() => void slots[side].use(video)}
                  >
                    Use as <strong className={side === "a" ? "text-va" : "text-vb"}>{side.toUpperCase()}</strong>
                  </Button>
                ))}
                <IconButton label={`Delete ${video.displayName}`} onClick={() => setDoomed(video)}>
                  <Icon name="close" />
                </IconButton>
              </div>
            </li>
          ))}
        </ul>
      )}
      {list.hasMore && (
        <Button look="quiet" className="mt-2" onClick={list.loadMore} disabled={list.loading}>
          Show more
        </Button>
      )}
      <Dialog
        open={doomed !== undefined}
        onOpenChange={(open) => !open && setDoomed(undefined)}
        title={`Delete ${doomed?.displayName ?? ""}?`}
        description="Its file is removed for good, and its comparisons can no longer be played."
      >
        <div className="flex justify-end gap-2">
          <Button onClick={() => setDoomed(undefined)}>Keep it</Button>
          <Button look="danger" onClick={() => doomed && remove(doomed)}>
            Delete
          </Button>
        </div>
      </Dialog>
    </section>
  );
}
