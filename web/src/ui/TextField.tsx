import { useId, type ComponentProps } from "react";
import { classes } from "./classes";

interface TextFieldProps extends Omit<ComponentProps<"input">, "id" | "value" | "onChange" | "className"> {
  readonly label: string;
  readonly value: string;
  readonly onChange?: (value: string) => void;
  /** Whether the label is seen, above the field; else it is for screen readers. */
  readonly labelled?: boolean;
  /** Of a form of its own, or lower, in a row with buttons. */
  readonly look?: "form" | "row";
  /** Of figures, keys and addresses, whose characters are all as wide. */
  readonly monospaced?: boolean;
}

/** One line of text, with its label. It is as wide as what it stands in. */
export function TextField({ label, onChange, labelled = false, look = "row", monospaced = false, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <>
      {labelled && (
        <label htmlFor={id} className={classes("block text-dim", look === "form" ? "mb-2 text-sm" : "text-xs")}>
          {label}
        </label>
      )}
      <input
        {...input}
        id={id}
        aria-label={labelled ? undefined : label}
        onChange={onChange && ((event) => onChange(event.target.value))}
        className={classes(
          "w-full min-w-0 flex-1 rounded-[3px] border px-2 placeholder:text-faint",
          look === "form" ? "h-8 border-line-strong bg-well" : "h-7 border-line-strong/60 bg-raised text-sm",
          monospaced && "tc",
        )}
      />
    </>
  );
}
