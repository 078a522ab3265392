import { Popover } from "radix-ui";
import { useSyncExternalStore } from "react";
import { Button } from "../ui/Button";
import { classes } from "../ui/classes";
import type { PlayerController } from "./controller";
import { FINE_SECONDS, nudgeInWords } from "./nudge";
import type { Side } from "./sync";

interface NudgePopoverProps {
  readonly side: Side;
  readonly player: PlayerController;
  readonly frameRate: number;
}

const USUAL_FRAME_RATE = 25;

/** Shows one version a little earlier or later, for what the comparison did not place to the frame. */
export function NudgePopover({ side, player, frameRate }: NudgePopoverProps) {
  const seconds = useSyncExternalStore(player.subscribe, player.snapshot).nudges[side];
  const letter = side.toUpperCase();
  const frame = 1 / (frameRate > 0 ? frameRate : USUAL_FRAME_RATE);
  const steps = [
    { by: -frame, words: "−1 frame" },
    { by: -FINE_SECONDS, words: "−10 ms" },
    { by: FINE_SECONDS, words: "+10 ms" },
    { by: frame, words: "+1 frame" },
  ];
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={`Nudge ${letter}: ${nudgeInWords(seconds)}`}
        title={`Show ${letter} earlier or later`}
        className={classes(
          "tc h-6 shrink-0 rounded-[3px] px-1.5 text-xs hover:bg-raised hover:text-ink",
          seconds === 0 ? "text-faint" : "bg-ink text-panel",
        )}
      >
        {seconds === 0 ? "±0" : nudgeInWords(seconds)}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={4}
          aria-label={`Nudge ${letter}`}
          className="enter z-50 rounded-[3px] border border-line-strong bg-raised p-2 shadow-xl"
        >
          <p className="mb-2 text-sm">
            {letter} is shown <span className="tc">{nudgeInWords(seconds)}</span> beside its place
          </p>
          <div className="flex gap-1">
            {steps.map(({ by, words }) => (
              <Button key={words} onClick={() => player.nudge(side, by)}>
                {words}
              </Button>
            ))}
            <Button look="quiet" disabled={seconds === 0} onClick={() => player.nudge(side, -seconds)}>
              Reset
            </Button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
