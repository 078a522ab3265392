import { THRESHOLD_MAX, THRESHOLD_MIN } from "../timeline/threshold";
import { Button } from "../ui/Button";
import { Slider } from "../ui/Slider";

interface SensitivityProps {
  readonly threshold: number;
  /** The server's own default. */
  readonly usual: number;
  readonly suggested: number | undefined;
  readonly similarityPercent: number | undefined;
  readonly onChange: (threshold: number) => void;
}

const STEP = 0.005;

/** The threshold: how different two segments must be to count as a difference. Applied at once. */
export function Sensitivity({ threshold, usual, suggested, similarityPercent, onChange }: SensitivityProps) {
  const rounded = suggested === undefined ? undefined : clamp(Math.ceil(suggested / STEP - 1e-9) * STEP);
  const spoken = `${threshold.toFixed(3)}${similarityPercent === undefined ? "" : `, ${similarityPercent.toFixed(1)} percent similar`}`;
  return (
    <section aria-label="Sensitivity" className="border-b border-line px-3 pt-2 pb-2.5">
      <div className="flex items-baseline justify-between text-sm">
        <h2>Sensitivity</h2>
        <p>
          <span className="text-faint">differs above </span>
          <output className="tc font-semibold" data-testid="threshold">
            {threshold.toFixed(3)}
          </output>
        </p>
      </div>
      <Slider
        label="Threshold"
        value={threshold}
        min={THRESHOLD_MIN}
        max={THRESHOLD_MAX}
        step={STEP}
        valueText={spoken}
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
        <span>more</span>
        <span className="flex gap-1">
          {rounded !== undefined && Math.abs(rounded - threshold) > 1e-6 && (
            <Button look="quiet" className="h-5! px-1.5! text-xs!" onClick={() => onChange(Number(rounded.toFixed(3)))}>
              Suggested {rounded.toFixed(3)}
            </Button>
          )}
          {threshold !== usual && (
            <Button look="quiet" className="h-5! px-1.5! text-xs!" onClick={() => onChange(usual)}>
              Usual {usual.toFixed(3)}
            </Button>
          )}
        </span>
        <span>fewer</span>
      </div>
    </section>
  );
}

function clamp(threshold: number): number {
  return Math.min(Math.max(threshold, THRESHOLD_MIN), THRESHOLD_MAX);
}
