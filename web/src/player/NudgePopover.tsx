import { Popover } from "radix-ui";
import { useSyncExternalStore } from "react";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { classes } from "../ui/classes";
import type { PlayerController } from "./controller";
import { FINE_SECONDS, nudgeInWords } from "../domain/nudge";
import type { Side } from "../domain/model";

interface NudgePopoverProps {
  readonly side: Side;
  readonly player: PlayerController;
  readonly frameRate: number;
}

const USUAL_FRAME_RATE = 25;

/** Shows one version a little earlier or later, for what the comparison did not place to the frame. */
export function NudgePopover({ side, player, frameRate }: NudgePopoverProps) {
  const t = useTexts().player.nudge;
  const seconds = useSyncExternalStore(player.subscribe, player.snapshot).nudges[side];
  const letter = side.toUpperCase();
  const frame = 1 / (frameRate > 0 ? frameRate : USUAL_FRAME_RATE);
  const steps = [
    { by: -frame, words: t.frame("−") },
    { by: -FINE_SECONDS, words: nudgeInWords(-FINE_SECONDS) },
    { by: FINE_SECONDS, words: nudgeInWords(FINE_SECONDS) },
    { by: frame, words: t.frame("+") },
  ];
  return (
    <Popover.Root>
      <Popover.Trigger
        aria-label={t.state(letter, nudgeInWords(seconds))}
        title={t.hint(letter)}
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
          aria-label={t.name(letter)}
          className="enter z-50 max-w-[calc(100vw-16px)] rounded-[3px] border border-line-strong bg-raised p-2 shadow-xl"
        >
          <p className="mb-2 text-sm">
            {t.before(letter)} <span className="tc">{nudgeInWords(seconds)}</span> {t.behind}
          </p>
          <div className="flex flex-wrap gap-1">
            {steps.map(({ by, words }) => (
              <Button key={words} onClick={() => player.nudge(side, by)}>
                {words}
              </Button>
            ))}
            <Button look="quiet" disabled={seconds === 0} onClick={() => player.nudge(side, -seconds)}>
              {t.reset}
            </Button>
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
