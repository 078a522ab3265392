import { shortcutOf } from "../actions/action";
import { ACTIONS } from "../actions/actions";
import { useKeySettings } from "../actions/keyStore";
import { PACES } from "../player/pace";
import { useTexts } from "../texts/useTexts";

interface SpeedSelectProps {
  readonly pace: number;
  readonly onPace: (pace: number) => void;
}

/** How fast both versions play. The browser's own control, which full screen shows too. */
export function SpeedSelect({ pace, onPace }: SpeedSelectProps) {
  const t = useTexts().comparison.transport;
  const { keys } = useKeySettings();
  return (
    <select
      aria-label={t.speed}
      title={t.speedKeys(shortcutOf(keys.get(ACTIONS.slower.id) ?? []), shortcutOf(keys.get(ACTIONS.faster.id) ?? []))}
      value={pace}
      onChange={(event) => onPace(Number(event.target.value))}
      className="tc h-7 rounded-[3px] border border-line-strong/60 bg-panel px-1 text-sm text-dim"
    >
      {PACES.map((choice) => (
        <option key={choice} value={choice}>
          {t.times(choice)}
        </option>
      ))}
    </select>
  );
}
