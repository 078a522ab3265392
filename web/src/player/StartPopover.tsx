import { Popover } from "radix-ui";
import { useId, useState, type ReactNode } from "react";
import { useTexts } from "../texts/useTexts";
import { parseStart } from "../time/sourceTimecode";
import { Button } from "../ui/Button";

interface StartPopoverProps {
  /** A or B. */
  readonly letter: string;
  readonly frameRate: number;
  /** The time code of the first frame, empty for zero. */
  readonly start: string;
  /** An empty one goes back to what the file says. */
  readonly onStart: (start: string) => void;
  /** The time code that is shown; a press on it opens. */
  readonly children: ReactNode;
}

/** Says where a version's time code starts. */
export function StartPopover({ letter, frameRate, start, onStart, children }: StartPopoverProps) {
  const t = useTexts().player.start;
  const id = useId();
  const [text, setText] = useState(start);
  const valid = parseStart(text, frameRate) !== undefined;
  return (
    <Popover.Root onOpenChange={(open) => open && setText(start || "00:00:00:00")}>
      <Popover.Trigger title={t.hint(letter)} className="shrink-0 rounded-[3px] px-1 hover:bg-raised">
        {children}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={4}
          aria-label={t.name(letter)}
          className="enter z-50 max-w-[calc(100vw-16px)] rounded-[3px] border border-line-strong bg-raised p-2 text-sm shadow-xl"
        >
          <label htmlFor={id} className="mb-1 block">
            {t.firstFrame(letter)}
          </label>
          <form
            className="flex flex-wrap gap-1"
            onSubmit={(event) => {
              event.preventDefault();
              if (valid) onStart(text);
            }}
          >
            <input
              id={id}
              value={text}
              aria-invalid={!valid}
              onChange={(event) => setText(event.target.value)}
              className="tc h-7 w-32 rounded-[3px] border border-line-strong/60 bg-panel px-2"
            />
            <Button type="submit" disabled={!valid}>
              {t.set}
            </Button>
            <Button look="quiet" onClick={() => onStart("")}>
              {t.asInFile}
            </Button>
          </form>
          <p className="mt-1 max-w-64 text-xs text-dim">{t.form}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
