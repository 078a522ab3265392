import { Slider as Primitive } from "radix-ui";
import type { ReactNode } from "react";

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** What is read out for the value. */
  readonly valueText: string;
  readonly onChange: (value: number) => void;
  /** Marks behind the track. */
  readonly children?: ReactNode;
}

export function Slider({ label, value, min, max, step, valueText, onChange, children }: SliderProps) {
  return (
    <Primitive.Root
      value={[value]}
      min={min}
      max={max}
      step={step}
      onValueChange={([next]) => {
        if (next !== undefined) onChange(next);
      }}
      className="relative flex h-5 w-full touch-none items-center select-none"
    >
      <Primitive.Track className="relative h-[3px] w-full bg-line-strong/60">
        <Primitive.Range className="absolute h-full bg-dim" />
        {children}
      </Primitive.Track>
      <Primitive.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        className="block h-4 w-[9px] rounded-[2px] border border-ground bg-ink"
      />
    </Primitive.Root>
  );
}
