import { memo, startTransition, useOptimistic } from "react";
import { THRESHOLD_MAX, THRESHOLD_MIN } from "../domain/threshold";
import { Histogram } from "./Histogram";
import type { Track } from "../domain/model";
import { Button } from "../ui/Button";
import { Slider } from "../ui/Slider";
import { useTexts } from "../texts/useTexts";

interface SensitivityProps {
  readonly threshold: number;
  /** The server's own default. */
  readonly usual: number;
  readonly suggested: number | undefined;
  readonly similarityPercent: number | undefined;
  readonly tracks: readonly Track[];
  readonly onChange: (threshold: number) => void;
}

const STEP = 0.005;

/**
 * The threshold: how different two segments must be to count as a difference. The slider follows the
 * hand at once, and the rest of the page as soon as it can.
 */
export const Sensitivity = memo(function Sensitivity(props: SensitivityProps) {
  const t = useTexts().comparison.sensitivity;
  const { usual, suggested, similarityPercent, tracks } = props;
  const [threshold, showThreshold] = useOptimistic(props.threshold);
  const onChange = (next: number): void => {
    startTransition(() => {
      showThreshold(next);
      props.onChange(next);
    });
  };
  const rounded = suggested === undefined ? undefined : clamp(Math.ceil(suggested / STEP - 1e-9) * STEP);
  return (
    <section aria-label={t.name} className="border-b border-line px-3 pt-2 pb-2.5">
      <div className="flex items-baseline justify-between text-sm">
        <h2>{t.name}</h2>
        <p>
          <span className="text-faint">{t.above}</span>{" "}
          <output className="tc font-semibold" data-testid="threshold">
            {t.value(threshold)}
          </output>
        </p>
      </div>
      <Histogram tracks={tracks} threshold={threshold} />
      <Slider
        label={t.threshold}
        value={threshold}
        min={THRESHOLD_MIN}
        max={THRESHOLD_MAX}
        step={STEP}
        valueText={t.spoken(threshold, similarityPercent)}
        onChange={(value) => onChange(Number(value.toFixed(3)))}
      >
        {rounded !== undefined && (
          <span
            className="absolute -top-1.5 h-4 w-px bg-ink"
            style={{ left: `${((rounded - THRESHOLD_MIN) / (THRESHOLD_MAX - THRESHOLD_MIN)) * 100}%` }}
          />
        )}
      </Slider>
      <div className="flex h-5 items-center justify-between text-xs text-faint">
        <span>{t.more}</span>
        <span className="flex gap-1">
          {rounded !== undefined && Math.abs(rounded - threshold) > 1e-6 && (
            <Button look="quiet" className="h-5! px-1.5! text-xs!" onClick={() => onChange(Number(rounded.toFixed(3)))}>
              {t.suggested(rounded)}
            </Button>
          )}
          {threshold !== usual && (
            <Button look="quiet" className="h-5! px-1.5! text-xs!" onClick={() => onChange(usual)}>
              {t.usual(usual)}
            </Button>
          )}
        </span>
        <span>{t.fewer}</span>
      </div>
    </section>
  );
});

function clamp(threshold: number): number {
  return Math.min(Math.max(threshold, THRESHOLD_MIN), THRESHOLD_MAX);
}
