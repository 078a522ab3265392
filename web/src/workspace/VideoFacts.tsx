import { durationMs } from "@bufbuild/protobuf/wkt";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { fileSize, timecode } from "../time/timecode";

/** What is known of a video, in one line. */
export function VideoFacts({ video }: { readonly video: Video }) {
  const length = video.duration ? durationMs(video.duration) / 1000 : 0;
  const facts = [
    timecode(length, video.frameRate),
    `${video.width}×${video.height}`,
    video.frameRate > 0 ? `${Number(video.frameRate.toFixed(3))} fps` : undefined,
    video.videoCodec,
    video.hasAudio ? video.audioCodec : "no sound",
    fileSize(Number(video.sizeBytes)),
  ].filter(Boolean);
  return <p className="tc text-xs text-dim">{facts.join("  ·  ")}</p>;
}
