import { DropdownMenu as Primitive } from "radix-ui";
import { Fragment, type ReactNode } from "react";

export interface MenuItem {
  /** Above the first item of each group stands its name. */
  readonly group?: string;
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
          className="enter z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-56 overflow-y-auto rounded-[3px] border border-line-strong bg-raised p-1 shadow-xl"
        >
          {items.map((item, index) => (
            <Fragment key={item.label}>
              {item.group !== undefined && item.group !== items[index - 1]?.group && (
                <Primitive.Label className="px-2 pt-2 pb-1 text-xs font-bold text-faint">{item.group}</Primitive.Label>
              )}
              <Primitive.Item
                onSelect={item.onSelect}
                className="rounded-[2px] px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-ink data-[highlighted]:text-panel"
              >
                {item.label}
                {item.hint && <span className="block text-xs opacity-75">{item.hint}</span>}
              </Primitive.Item>
            </Fragment>
          ))}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
