import { DropdownMenu as Primitive } from "radix-ui";
import type { ReactNode } from "react";

export interface MenuItem {
  readonly label: string;
  readonly hint?: string;
  readonly onSelect: () => void;
}

interface MenuProps {
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
}

export function Menu({ trigger, items }: MenuProps) {
  return (
    <Primitive.Root>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align="end"
          sideOffset={4}
          className="enter z-50 min-w-56 rounded-[3px] border border-line-strong bg-raised p-1 shadow-xl"
        >
          {items.map((item) => (
            <Primitive.Item
              key={item.label}
              onSelect={item.onSelect}
              className="rounded-[2px] px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-ink data-[highlighted]:text-panel"
            >
              {item.label}
              {item.hint && <span className="block text-xs opacity-75">{item.hint}</span>}
            </Primitive.Item>
          ))}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
