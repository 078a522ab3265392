import { Select as Primitive } from "radix-ui";
import { Icon } from "./Icon";

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly disabled?: boolean;
}

interface SelectProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChange: (value: T) => void;
}

// Radix takes the empty string for "nothing chosen"; here it is a value like others.
const EMPTY = "\u0000";

export function Select<T extends string>({ label, value, choices, onChange }: SelectProps<T>) {
  return (
    <Primitive.Root value={value || EMPTY} onValueChange={(next) => onChange((next === EMPTY ? "" : next) as T)}>
      <Primitive.Trigger
        aria-label={label}
        className="inline-flex h-7 w-full items-center justify-between gap-2 rounded-[3px] border border-line-strong/60 bg-raised px-2 text-left text-sm hover:border-line-strong"
      >
        <span className="truncate">
          <Primitive.Value />
        </span>
        <Icon name="down" size={12} />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          position="popper"
          sideOffset={3}
          className="enter z-60 max-h-80 min-w-[var(--radix-select-trigger-width)] overflow-auto rounded-[3px] border border-line-strong bg-raised p-1 shadow-xl"
        >
          <Primitive.Viewport>
            {choices.map((choice) => (
              <Primitive.Item
                key={choice.value}
                value={choice.value || EMPTY}
                disabled={choice.disabled ?? false}
                className="rounded-[2px] px-2 py-1 text-sm outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-ink data-[highlighted]:text-panel"
              >
                <Primitive.ItemText>{choice.label}</Primitive.ItemText>
                {choice.hint && <span className="block text-xs opacity-75">{choice.hint}</span>}
              </Primitive.Item>
            ))}
          </Primitive.Viewport>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
