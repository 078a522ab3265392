interface MeterProps {
  readonly label: string;
  /** 0 to 1; undefined while nobody knows. */
  readonly value: number | undefined;
  readonly valueText: string;
  readonly tone?: "a" | "b";
}

/** A bar that fills. */
export function Meter({ label, value, valueText, tone = "a" }: MeterProps) {
  const percent = Math.round((value ?? 0) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === undefined ? undefined : percent}
      aria-valuetext={valueText}
      className="meter h-[5px] w-full"
    >
      <div
        className={tone === "a" ? "h-full bg-va" : "h-full bg-vb"}
        style={{ width: value === undefined ? "100%" : `${percent}%`, opacity: value === undefined ? 0.35 : 1 }}
      />
    </div>
  );
}
