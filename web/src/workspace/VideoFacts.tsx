import { durationMs } from "@bufbuild/protobuf/wkt";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { useTexts } from "../texts/useTexts";
import { fileSize, timecode } from "../time/timecode";

/** What is known of a video, in one line. */
export function VideoFacts({ video }: { readonly video: Video }) {
  const t = useTexts().workspace.videos;
  const length = video.duration ? durationMs(video.duration) / 1000 : 0;
  const facts = [
    timecode(length, video.frameRate),
    `${video.width}×${video.height}`,
    video.frameRate > 0 ? t.framesPerSecond(video.frameRate) : undefined,
    video.videoCodec,
    video.hasAudio ? video.audioCodec : t.noSound,
    fileSize(Number(video.sizeBytes)),
  ].filter(Boolean);
  return <p className="tc text-xs text-dim">{facts.join("  ·  ")}</p>;
}
