import { useEffect, useRef } from "react";
import type { Media } from "../comparison/useMedia";
import { timecode } from "../time/timecode";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { classes } from "../ui/classes";
import type { Box } from "../comparison/model";
import type { PlayerController } from "./controller";
import { NudgePopover } from "./NudgePopover";
import { CopyMark, PictureNotice } from "./PictureNotice";
import type { Side } from "./sync";
import { Waiting } from "./Waiting";

interface MonitorProps {
  readonly side: Side;
  readonly media: Media;
  readonly player: PlayerController;
  /** The changed part of the picture under the playhead. */
  readonly box: Box | undefined;
}

/** One version's picture, with its timecode and what it waits for. */
export function Monitor({ side, media, player, box }: MonitorProps) {
  const video = useRef<HTMLVideoElement>(null);
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
    if (video.current?.videoWidth === 0) media.refuse();
  };

  return (
    <figure aria-label={`Monitor ${letter}`} data-side={side} className="flex min-h-0 min-w-0 flex-1 flex-col">
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
        <SideTimecode side={side} player={player} frameRate={frameRate} />
      </figcaption>
      <div className="picture relative min-h-0 flex-1 bg-black">
        {/* The sound's words are what is compared; there is no caption file to offer. */}
        {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
        <video
          ref={video}
          src={media.url}
          preload="auto"
          playsInline
          disablePictureInPicture
          aria-label={`Video ${letter}`}
          onError={failed}
          onLoadedMetadata={opened}
          className="absolute inset-0 size-full object-contain"
        />
        <Waiting side={side} player={player} />
        {box && media.video && <ChangedPart box={box} width={media.video.width} height={media.video.height} />}
        {media.problem && (
          <div className="absolute inset-x-3 top-3 bg-panel">
            <ProblemNote problem={media.problem}>
              <Button onClick={media.renew}>Try again</Button>
            </ProblemNote>
          </div>
        )}
        <PictureNotice side={side} media={media} />
      </div>
    </figure>
  );
}

function SideTimecode({ side, player, frameRate }: { side: Side; player: PlayerController; frameRate: number }) {
  const output = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      player.onTime(() => {
        if (output.current) output.current.textContent = timecode(player.shown(side), frameRate);
      }),
    [player, side, frameRate],
  );
  return <span ref={output} data-testid={`timecode-${side}`} className="tc shrink-0 text-[0.8125rem]" />;
}

/** Outlines the changed part over the letterboxed picture. */
function ChangedPart({ box, width, height }: { box: Box; width: number; height: number }) {
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      className="pointer-events-none absolute inset-0 size-full"
      role="img"
      aria-label="The changed part of the picture"
    >
      <rect
        x={box.left * width}
        y={box.top * height}
        width={box.width * width}
        height={box.height * height}
        fill="none"
        stroke="#e2a63c"
        strokeWidth={2}
        strokeDasharray="8 5"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
