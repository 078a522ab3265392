import { useEffect, useRef, useState } from "react";
import { useSideTimecode } from "../media/useSourceStarts";
import type { Media } from "../media/useMedia";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { classes } from "../ui/classes";
import type { Box, Side } from "../domain/model";
import type { PlayerController } from "./controller";
import type { Rect, Size } from "./lens";
import { NudgePopover } from "./NudgePopover";
import { CopyMark, PictureNotice } from "./PictureNotice";
import { StartPopover } from "./StartPopover";
import { Waiting } from "./Waiting";

interface MonitorProps {
  readonly side: Side;
  readonly media: Media;
  readonly player: PlayerController;
  /** The changed part of the picture under the playhead. */
  readonly box: Box | undefined;
  /** The time code of the first frame; an empty one is zero. */
  readonly start: string;
  /** An empty one is what the file says. */
  readonly onStart: (start: string) => void;
  /** Where the picture lies in its area, in pixels. */
  readonly place: Rect;
  /** Whether its pixels are shown as such. */
  readonly sharp: boolean;
  readonly mirrored: boolean;
  /** Told how large the picture is, as the browser shows it. */
  readonly onSize: (size: Size) => void;
}

/** The height of the line above a picture, in pixels. */
export const CAPTION_HEIGHT = 32;

/** One version's picture, with its timecode and what it waits for. */
export function Monitor(props: MonitorProps) {
  const { side, media, player, box, place, sharp, mirrored, onSize } = props;
  const t = useTexts();
  const video = useRef<HTMLVideoElement>(null);
  // Until its size is, it would be seen in a wrong place for a moment.
  const [known, setKnown] = useState(false);
  const frameRate = media.video?.frameRate ?? 0;
  const letter = side.toUpperCase();

  useEffect(() => {
    const element = video.current;
    if (!element || !media.url) return undefined;
    return player.attach(side, element, frameRate);
  }, [player, side, frameRate, media.url]);

  const failed = (): void => {
    const code = video.current?.error?.code;
    // A network error is most often a URL that has expired; anything else a new one cannot mend.
    if (code === MediaError.MEDIA_ERR_NETWORK) media.renew();
    else media.refuse();
  };
  /** Browsers play the sound alone, without a word, when they do not know the picture's codec. */
  const opened = (): void => {
    const { videoWidth: width = 0, videoHeight: height = 0 } = video.current ?? {};
    if (width === 0) media.refuse();
    else {
      onSize({ width, height });
      setKnown(true);
    }
  };

  return (
    <figure aria-label={t.player.monitor(letter)} data-side={side} className="flex min-h-0 min-w-0 flex-1 flex-col">
      <figcaption className="flex h-8 shrink-0 items-center gap-2 bg-panel px-2">
        <span
          className={classes(
            "tc grid size-[18px] shrink-0 place-items-center rounded-[2px] text-xs font-bold text-panel",
            side === "a" ? "bg-va" : "bg-vb",
          )}
        >
          {letter}
        </span>
        <span className="truncate text-sm">{media.video?.displayName ?? "…"}</span>
        {media.notice?.kind === "copy" && <CopyMark />}
        <span className="ml-auto" />
        <NudgePopover side={side} player={player} frameRate={frameRate} />
        <StartPopover letter={letter} frameRate={frameRate} start={props.start} onStart={props.onStart}>
          <ShownTimecode side={side} player={player} frameRate={frameRate} />
        </StartPopover>
      </figcaption>
      <div className="picture relative min-h-0 flex-1 overflow-hidden bg-black">
        {/* The sound's words are what is compared; there is no caption file to offer. */}
        {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
        <video
          ref={video}
          src={media.url}
          preload="auto"
          playsInline
          disablePictureInPicture
          aria-label={t.player.video(letter)}
          onError={failed}
          onLoadedMetadata={opened}
          className={classes("absolute max-w-none object-fill", mirrored && "-scale-x-100", !known && "invisible")}
          style={{ ...place, imageRendering: sharp ? "pixelated" : "auto" }}
        />
        <Waiting side={side} player={player} />
        {box && <ChangedPart box={box} place={place} />}
        {media.problem && (
          <div className="absolute inset-x-3 top-3 bg-panel">
            <ProblemNote problem={media.problem}>
              <Button onClick={media.renew}>{t.ui.tryAgain}</Button>
            </ProblemNote>
          </div>
        )}
        <PictureNotice side={side} media={media} />
      </div>
    </figure>
  );
}

function ShownTimecode({ side, player, frameRate }: { side: Side; player: PlayerController; frameRate: number }) {
  const output = useRef<HTMLSpanElement>(null);
  const timecode = useSideTimecode(side, frameRate);
  useEffect(
    () =>
      player.onTime(() => {
        if (output.current) output.current.textContent = timecode(player.shown(side));
      }),
    [player, side, timecode],
  );
  return <span ref={output} data-testid={`timecode-${side}`} className="tc shrink-0 text-[0.8125rem]" />;
}

/** Outlines the changed part of the picture. */
function ChangedPart({ box, place }: { readonly box: Box; readonly place: Rect }) {
  const t = useTexts().player;
  return (
    <div
      role="img"
      aria-label={t.changedPart}
      data-testid="changed-part"
      className="pointer-events-none absolute outline-2 outline-offset-1 outline-[#e2a63c] outline-dashed"
      style={{
        left: place.left + box.left * place.width,
        top: place.top + box.top * place.height,
        width: box.width * place.width,
        height: box.height * place.height,
      }}
    />
  );
}
