import { DropdownMenu as Primitive } from "radix-ui";
import { Fragment, type ReactNode } from "react";
import { Icon } from "./Icon";

export interface MenuItem {
  /** Above the first item of each group stands its name. */
  readonly group?: string;
  readonly label: string;
  readonly hint?: string;
  /** Of one of several choices: whether it is the present one. */
  readonly chosen?: boolean;
  /** The language of the label, where it is not the page's. */
  readonly lang?: string;
  readonly onSelect: () => void;
}

interface MenuProps {
  readonly trigger: ReactNode;
  readonly items: readonly MenuItem[];
}

const ITEM =
  "rounded-[2px] px-2 py-1.5 text-sm outline-none data-[highlighted]:bg-ink data-[highlighted]:text-panel";

export function Menu({ trigger, items }: MenuProps) {
  return (
    // Not modal: what is behind stays in reach, also of screen readers, and a click there closes it.
    <Primitive.Root modal={false}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align="end"
          sideOffset={4}
          collisionPadding={8}
          className="enter z-50 max-h-(--radix-dropdown-menu-content-available-height) max-w-[calc(100vw-1rem)] min-w-56 overflow-y-auto rounded-[3px] border border-line-strong bg-raised p-1 shadow-xl"
        >
          {items.map((item, index) => (
            <Fragment key={item.label}>
              {item.group !== undefined && item.group !== items[index - 1]?.group && (
                <Primitive.Label className="px-2 pt-2 pb-1 text-xs font-bold text-faint">{item.group}</Primitive.Label>
              )}
              {item.chosen === undefined ? (
                <Primitive.Item onSelect={item.onSelect} className={ITEM}>
                  {item.label}
                  {item.hint && <span className="block text-xs opacity-75">{item.hint}</span>}
                </Primitive.Item>
              ) : (
                <Primitive.CheckboxItem
                  checked={item.chosen}
                  onSelect={item.onSelect}
                  lang={item.lang}
                  className={`${ITEM} flex items-center justify-between gap-4`}
                >
                  {item.label}
                  <Primitive.ItemIndicator>
                    <Icon name="check" size={13} />
                  </Primitive.ItemIndicator>
                </Primitive.CheckboxItem>
              )}
            </Fragment>
          ))}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
