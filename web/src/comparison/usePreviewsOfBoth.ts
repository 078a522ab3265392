import { useFilmstrip } from "../timeline/useFilmstrip";
import { useWaveform } from "../timeline/useWaveform";
import type { Media } from "../media/useMedia";

/** What the timeline shows of both videos: pictures and loudness over their whole length. */
export function usePreviewsOfBoth(media: { readonly a: Media; readonly b: Media }) {
  const a = media.a.video;
  const b = media.b.video;
  return {
    videos: { a: a?.name, b: b?.name },
    strips: { a: useFilmstrip(a?.name), b: useFilmstrip(b?.name) },
    waveforms: { a: useWaveform(a?.hasAudio ? a.name : undefined), b: useWaveform(b?.hasAudio ? b.name : undefined) },
    withSound: (a?.hasAudio ?? false) || (b?.hasAudio ?? false),
  };
}
