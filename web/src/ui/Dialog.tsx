import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";
import { useTexts } from "../texts/useTexts";
import { IconButton } from "./Button";
import { classes } from "./classes";
import { ErrorBoundary } from "./ErrorBoundary";
import { Icon } from "./Icon";

interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  readonly description?: string;
  /** False while there is nothing to go back to. */
  readonly dismissable?: boolean;
  /** For tables. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Dialog(props: DialogProps) {
  const { open, onOpenChange, title, description, dismissable = true, wide = false, children } = props;
  const t = useTexts().ui;
  const keep = (event: Event): void => {
    if (!dismissable) event.preventDefault();
  };
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-black/50" />
        <Primitive.Content
          onEscapeKeyDown={keep}
          onPointerDownOutside={keep}
          {...(description ? {} : { "aria-describedby": undefined })}
          className={classes(
            "enter fixed top-[12vh] left-1/2 z-50 max-h-[80vh] -translate-x-1/2 overflow-auto rounded-md border border-line-strong bg-panel p-5 shadow-2xl",
            wide ? "w-[min(52rem,calc(100vw-2rem))]" : "w-[min(30rem,calc(100vw-2rem))]",
          )}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <Primitive.Title className="text-[0.9375rem] font-semibold">{title}</Primitive.Title>
            {dismissable && (
              <Primitive.Close asChild>
                <IconButton label={t.close} className="-mt-1 -mr-1">
                  <Icon name="close" />
                </IconButton>
              </Primitive.Close>
            )}
          </div>
          {description && (
            <Primitive.Description className="mb-4 text-sm text-dim">{description}</Primitive.Description>
          )}
          <ErrorBoundary name={t.quoted(title)}>{children}</ErrorBoundary>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
}
