import { useState, type KeyboardEvent } from "react";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { keyName, type Action } from "./action";
import { ALL_ACTIONS } from "./actions";
import { keyOf, ownerOf, withKey, withOwnKeys, type KeyChanges } from "./bindings";
import type { KeySettings } from "./keyStore";

interface KeyRowProps {
  readonly action: Action;
  readonly settings: KeySettings;
  readonly onChange: (changes: KeyChanges) => void;
}

/** An action, its keys, and another key for it. */
export function KeyRow({ action, settings, onChange }: KeyRowProps) {
  const t = useTexts().actions;
  const label = t.labels[action.id];
  const { changes } = settings;
  const keys = settings.keys.get(action.id) ?? [];
  const [listening, setListening] = useState(false);
  /** A key that was pressed, but means something else. */
  const [taken, setTaken] = useState<string>();
  const owner = taken === undefined ? undefined : ownerOf(taken, ALL_ACTIONS, changes);

  const give = (key: string): void => {
    onChange(withKey(changes, action, key));
    setTaken(undefined);
    setListening(false);
  };
  const press = (event: KeyboardEvent): void => {
    if (!listening || event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    const key = keyOf(event);
    if (key === undefined) return;
    const other = ownerOf(key, ALL_ACTIONS, changes);
    if (!other || other.id === action.id) give(key);
    else {
      setTaken(key);
      setListening(false);
    }
  };
  return (
    <li className="py-1 text-sm" data-action={action.id}>
      <div className="flex items-center gap-1">
        <span className="mr-auto">{label}</span>
        {keys.map((key) => (
          <kbd key={key} className="tc min-w-6 rounded-[3px] border border-line-strong bg-raised px-1.5 text-center text-xs">
            {keyName(key)}
          </kbd>
        ))}
        {keys.length === 0 && <span className="text-xs text-faint">{t.noKey}</span>}
        {action.id in changes && (
          <Button look="quiet" className="h-6! px-1.5! text-xs!" onClick={() => onChange(withOwnKeys(changes, action))}>
            {t.asItWas}
          </Button>
        )}
        <Button
          look="quiet"
          className="h-6! px-1.5! text-xs!"
          aria-label={listening ? t.pressKeyFor(label) : t.changeKeyOf(label)}
          aria-pressed={listening}
          onClick={() => {
            setTaken(undefined);
            setListening(!listening);
          }}
          onKeyDown={press}
          onBlur={() => setListening(false)}
        >
          {listening ? t.pressKey : t.change}
        </Button>
      </div>
      {taken !== undefined && owner && (
        <p role="alert" className="mt-1 flex flex-wrap items-center gap-1 border-l-2 border-danger pl-2 text-xs">
          <span className="mr-auto">{t.taken(keyName(taken), t.labels[owner.id])}</span>
          <Button className="h-6! px-1.5! text-xs!" onClick={() => give(taken)}>
            {t.take}
          </Button>
          <Button className="h-6! px-1.5! text-xs!" onClick={() => setTaken(undefined)}>
            {t.leave}
          </Button>
        </p>
      )}
    </li>
  );
}
