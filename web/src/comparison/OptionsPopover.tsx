import { Popover } from "radix-ui";
import { useId, useState, type ReactNode } from "react";
import type { Engine } from "../gen/sage/embed/v1/embed_pb";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Select } from "../ui/Select";
import { MODALITY_WORDS } from "./kinds";
import type { ComparisonRequest } from "./link";
import type { Modality } from "./model";

interface OptionsPopoverProps {
  readonly request: ComparisonRequest;
  readonly engines: readonly Engine[];
  readonly onChange: (change: Partial<ComparisonRequest>) => void;
}

/** How to compare: each change asks the server again. */
export function OptionsPopover({ request, engines, onChange }: OptionsPopoverProps) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button look="quiet">
          <Icon name="options" /> Options
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          aria-label="Options"
          className="enter z-50 w-72 space-y-3 rounded-[3px] border border-line-strong bg-panel p-3 shadow-xl"
        >
          <Field label="Alignment">
            <Select
              label="Alignment"
              value={request.alignment}
              onChange={(alignment) => onChange({ alignment })}
              choices={[
                { value: "sequence", label: "By content", hint: "Finds what was inserted, deleted, moved, retimed" },
                { value: "time", label: "By time", hint: "The same time in both, shifted if you like" },
                { value: "index", label: "By segment", hint: "First with first, second with second" },
              ]}
            />
          </Field>
          {request.alignment === "time" && (
            <OffsetField key={request.offset} offset={request.offset} onChange={(offset) => onChange({ offset })} />
          )}
          <Field label="Compare">
            <Select<Modality | "">
              label="Compare"
              value={request.modality ?? ""}
              onChange={(modality) => onChange({ modality: modality || undefined })}
              choices={[
                { value: "", label: "Everything both have" },
                ...(["visual", "audio", "transcription"] as const).map((modality) => ({
                  value: modality,
                  label: MODALITY_WORDS[modality],
                })),
              ]}
            />
          </Field>
          <Field label="Distance">
            <Select
              label="Distance"
              value={request.metric}
              onChange={(metric) => onChange({ metric })}
              choices={[
                { value: "cosine", label: "Cosine" },
                { value: "euclidean", label: "Euclidean" },
              ]}
            />
          </Field>
          {engines.length > 0 && (
            <Field label="Engine">
              <Select
                label="Engine"
                value={request.engine}
                onChange={(engine) => onChange({ engine })}
                choices={[
                  { value: "", label: "Best that has analysed both" },
                  ...engines.map((engine) => ({
                    value: engine.name,
                    label: engine.displayName,
                    hint: engine.available ? engine.model : engine.unavailableReason,
                    disabled: !engine.available,
                  })),
                ]}
              />
            </Field>
          )}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Field({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <p className="mb-1 text-xs text-faint" aria-hidden="true">
        {label}
      </p>
      {children}
    </div>
  );
}

/** The shift of B in seconds; taken over when it is left or Enter is pressed. */
function OffsetField({ offset, onChange }: { readonly offset: number; readonly onChange: (offset: number) => void }) {
  const id = useId();
  const [text, setText] = useState(String(offset));
  const take = (): void => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value !== offset) onChange(value);
  };
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs text-faint">
        Time of B at the start of A, in seconds
      </label>
      <input
        id={id}
        type="number"
        step="0.04"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === "Enter") take();
        }}
        className="tc h-7 w-full rounded-[3px] border border-line-strong/60 bg-raised px-2 text-sm"
      />
    </div>
  );
}
