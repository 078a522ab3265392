import { PACES } from "./pace";

interface SpeedSelectProps {
  readonly pace: number;
  readonly onPace: (pace: number) => void;
}

/** How fast both versions play. The browser's own control, which full screen shows too. */
export function SpeedSelect({ pace, onPace }: SpeedSelectProps) {
  return (
    <select
      aria-label="Speed"
      title="Speed (< slower, > faster)"
      value={pace}
      onChange={(event) => onPace(Number(event.target.value))}
      className="tc h-7 rounded-[3px] border border-line-strong/60 bg-panel px-1 text-sm text-dim"
    >
      {PACES.map((choice) => (
        <option key={choice} value={choice}>
          {choice}×
        </option>
      ))}
    </select>
  );
}
