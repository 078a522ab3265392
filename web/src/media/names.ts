/** What a version is called. */
import { texts } from "../texts";
import type { Media } from "./useMedia";

/** The video's name; in words where it is gone, and its resource name until it is known. */
export function nameOf(resource: string, { video, problem }: Pick<Media, "video" | "problem">): string {
  if (video) return video.displayName;
  return problem?.reason === "NOT_FOUND" ? texts().media.deletedVideo : resource;
}
