import type { ComponentProps } from "react";
import { classes } from "./classes";

type Look = "plain" | "primary" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  plain: "border border-line-strong/60 bg-raised hover:border-line-strong",
  primary: "bg-ink text-panel hover:opacity-90 font-medium",
  quiet: "text-dim hover:bg-raised hover:text-ink",
  danger: "border border-danger/60 text-danger hover:bg-danger/10",
};

interface ButtonProps extends ComponentProps<"button"> {
  readonly look?: Look;
}

export function Button({ look = "plain", className, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={classes(
        "inline-flex h-7 items-center justify-center gap-1.5 rounded-[3px] px-2.5 text-sm whitespace-nowrap",
        "disabled:pointer-events-none disabled:opacity-40",
        LOOKS[look],
        className,
      )}
      {...rest}
    />
  );
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  /** Read out, and shown as a tooltip. */
  readonly label: string;
  /** The key that does the same, shown in the tooltip. */
  readonly shortcut?: string | undefined;
  /** The same as `aria-keyshortcuts` has it. */
  readonly keyShortcuts?: string | undefined;
  readonly pressed?: boolean | undefined;
}

export function IconButton({ label, shortcut, keyShortcuts, pressed, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-pressed={pressed}
      aria-keyshortcuts={keyShortcuts}
      title={shortcut ? `${label} (${shortcut})` : label}
      className={classes(
        "inline-flex h-7 min-w-7 items-center justify-center rounded-[3px] px-1 text-sm",
        "disabled:pointer-events-none disabled:opacity-40",
        pressed ? "bg-ink text-panel" : "text-dim hover:bg-raised hover:text-ink",
        className,
      )}
      {...rest}
    />
  );
}
