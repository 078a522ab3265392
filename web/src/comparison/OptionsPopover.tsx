import { Popover } from "radix-ui";
import { useId, useState, type ReactNode } from "react";
import type { Engine } from "../gen/sage/embed/v1/embed_pb";
import { engineName } from "../tasks/engineNames";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Select } from "../ui/Select";
import type { ComparisonRequest } from "../domain/link";
import { MODALITIES, type Modality } from "../domain/model";
import { useTexts } from "../texts/useTexts";

interface OptionsPopoverProps {
  readonly request: ComparisonRequest;
  readonly engines: readonly Engine[];
  readonly onChange: (change: Partial<ComparisonRequest>) => void;
}

/** How to compare: each change asks the server again. */
export function OptionsPopover({ request, engines, onChange }: OptionsPopoverProps) {
  const { comparison: { options: t }, domain } = useTexts();
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button look="quiet">
          <Icon name="options" /> {t.name}
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          aria-label={t.name}
          className="enter z-50 w-72 space-y-3 rounded-[3px] border border-line-strong bg-panel p-3 shadow-xl"
        >
          <Field label={t.alignment}>
            <Select
              label={t.alignment}
              value={request.alignment}
              onChange={(alignment) => onChange({ alignment })}
              choices={[
                { value: "sequence", ...t.alignments.sequence },
                { value: "time", ...t.alignments.time },
                { value: "index", ...t.alignments.index },
              ]}
            />
          </Field>
          {request.alignment === "time" && (
            <OffsetField key={request.offset} offset={request.offset} onChange={(offset) => onChange({ offset })} />
          )}
          <Field label={t.compare}>
            <Select<Modality | "">
              label={t.compare}
              value={request.modality ?? ""}
              onChange={(modality) => onChange({ modality: modality || undefined })}
              choices={[
                { value: "", label: t.everything },
                ...MODALITIES.map((modality) => ({
                  value: modality,
                  label: domain.modalities[modality],
                })),
              ]}
            />
          </Field>
          <Field label={t.distance}>
            <Select
              label={t.distance}
              value={request.metric}
              onChange={(metric) => onChange({ metric })}
              choices={[
                { value: "cosine", label: t.metrics.cosine },
                { value: "euclidean", label: t.metrics.euclidean },
              ]}
            />
          </Field>
          {engines.length > 0 && (
            <Field label={t.engine}>
              <Select
                label={t.engine}
                value={request.engine}
                onChange={(engine) => onChange({ engine })}
                choices={[
                  { value: "", label: t.bestEngine },
                  ...engines.map((engine) => ({
                    value: engine.name,
                    label: engineName(engine),
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
  const t = useTexts().comparison.options;
  const id = useId();
  const [text, setText] = useState(String(offset));
  const take = (): void => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value !== offset) onChange(value);
  };
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-xs text-faint">
        {t.offset}
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
