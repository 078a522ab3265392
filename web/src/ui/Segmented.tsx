import { ToggleGroup } from "radix-ui";
import type { ReactNode } from "react";

export interface SegmentedChoice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly content?: ReactNode;
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly SegmentedChoice<T>[];
  readonly onChange: (value: T) => void;
}

/** A few choices side by side, one of them on. */
export function Segmented<T extends string>({ label, value, choices, onChange }: SegmentedProps<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      value={value}
      onValueChange={(next) => {
        if (next) onChange(next as T);
      }}
      aria-label={label}
      className="inline-flex rounded-[3px] border border-line-strong/60 bg-well p-px"
    >
      {choices.map((choice) => (
        <ToggleGroup.Item
          key={choice.value}
          value={choice.value}
          aria-label={choice.label}
          title={choice.label}
          className="h-[22px] min-w-6 rounded-[2px] px-2 text-sm text-dim hover:text-ink data-[state=on]:bg-raised data-[state=on]:text-ink"
        >
          {choice.content ?? choice.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
