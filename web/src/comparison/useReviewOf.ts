/** What people keep of the comparison of an address. */
import { exportName } from "../domain/fileNames";
import { usualThreshold, type ComparisonLink } from "../domain/link";
import { toOptions } from "../domain/options";
import type { Media } from "../media/useMedia";
import { useReview, type Reviewing } from "../review/useReview";

export function useReviewOf(
  link: ComparisonLink,
  media: { readonly a: Media; readonly b: Media },
  threshold: number,
): Reviewing | undefined {
  const [a, b] = [media.a.video?.displayName ?? "A", media.b.video?.displayName ?? "B"];
  return useReview(videoOf(link.a, media.a), videoOf(link.b, media.b), link.saved, {
    displayName: `${exportName(a)} – ${exportName(b)}`,
    options: toOptions(link, threshold === usualThreshold(link.metric) ? undefined : threshold),
  });
}

/** The video that an address names, by itself or by its embedding. Notes outlive a deleted one. */
function videoOf(name: string, { video }: Media): string | undefined {
  return name.startsWith("videos/") ? name : video?.name;
}
