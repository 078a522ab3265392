import { useState } from "react";

interface NameFieldProps {
  /** What is named, for screen readers. */
  readonly label: string;
  readonly name: string;
  /** The new name; undefined leaves the old one. */
  readonly onDone: (name: string | undefined) => void;
}

/** Takes another name: Enter and leaving the field keep it, Escape does not. */
export function NameField({ label, name, onDone }: NameFieldProps) {
  const [text, setText] = useState(name);
  const done = (): void => onDone(text.trim() !== "" && text !== name ? text : undefined);
  return (
    <input
      aria-label={label}
      value={text}
      maxLength={255}
      ref={(input) => input?.focus()}
      onChange={(event) => setText(event.target.value)}
      onBlur={done}
      onKeyDown={(event) => {
        if (event.key === "Enter") done();
        if (event.key === "Escape") onDone(undefined);
      }}
      className="h-7 w-full rounded-[3px] border border-line-strong/60 bg-raised px-2 text-sm"
    />
  );
}
