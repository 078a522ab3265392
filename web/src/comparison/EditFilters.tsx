import type { ReactNode } from "react";
import { duration } from "../time/timecode";
import { TextField } from "../ui/TextField";
import { classes } from "../ui/classes";
import type { KindCount } from "../domain/edits";
import { LENGTHS, toggled, type EditFilter } from "../domain/filters";
import { useTexts } from "../texts/useTexts";
import { KindSwatch } from "./KindSwatch";
import type { Modality, Reason } from "../domain/model";

interface EditFiltersProps {
  readonly filter: EditFilter;
  readonly onFilter: (filter: EditFilter) => void;
  readonly counts: readonly KindCount[];
  /** The modalities in which some edits are, and others not. */
  readonly modalities: readonly Modality[];
  /** The reasons for which some edits count as replaced, and others not. */
  readonly reasons: readonly Reason[];
}

/** How many edits there are of each kind; pressed ones choose what the list shows. */
export function EditFilters({ filter, onFilter, counts, modalities, reasons }: EditFiltersProps) {
  const { comparison: { filters: t }, domain: words } = useTexts();
  return (
    <div role="group" aria-label={t.byKind} className="flex flex-wrap gap-1">
      {counts.map(({ kind, count, seconds }) => (
        <Chip
          key={kind}
          title={t.kind(words.kinds[kind].meaning, words.edits(count), duration(seconds))}
          pressed={filter.kinds.includes(kind)}
          onPress={() => onFilter({ ...filter, kinds: toggled(filter.kinds, kind) })}
        >
          <KindSwatch kind={kind} /> {words.kinds[kind].word} <span className="tc text-faint">{count}</span>
        </Chip>
      ))}
      {modalities.map((modality) => (
        <Chip
          key={modality}
          title={t.ofModality(words.modalities[modality])}
          pressed={filter.modalities.includes(modality)}
          onPress={() => onFilter({ ...filter, modalities: toggled(filter.modalities, modality) })}
        >
          {words.modalities[modality]}
        </Chip>
      ))}
      {reasons.map((reason) => (
        <Chip
          key={reason}
          title={t.becauseOf(words.reasons[reason])}
          pressed={filter.reasons.includes(reason)}
          onPress={() => onFilter({ ...filter, reasons: toggled(filter.reasons, reason) })}
        >
          {words.reasons[reason]}
        </Chip>
      ))}
    </div>
  );
}

interface EditSearchProps {
  readonly filter: EditFilter;
  readonly onFilter: (filter: EditFilter) => void;
}

/** Looks for words and timecodes, and leaves out what is short. */
export function EditSearch({ filter, onFilter }: EditSearchProps) {
  const t = useTexts().comparison.filters;
  return (
    <div className="flex gap-1.5">
      <TextField
        type="search"
        label={t.find}
        placeholder={t.findHint}
        value={filter.text}
        onChange={(text) => onFilter({ ...filter, text })}
      />
      <select
        aria-label={t.length}
        value={filter.atLeast}
        onChange={(event) => onFilter({ ...filter, atLeast: Number(event.target.value) })}
        className="h-7 rounded-[3px] border border-line-strong/60 bg-raised px-1 text-sm"
      >
        {LENGTHS.map((length) => (
          <option key={length} value={length}>
            {length === 0 ? t.anyLength : t.atLeast(length)}
          </option>
        ))}
      </select>
    </div>
  );
}

interface ChipProps {
  readonly title: string;
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Chip({ title, pressed, onPress, children }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      title={title}
      onClick={onPress}
      className={classes(
        "inline-flex h-6 items-center gap-1.5 rounded-[3px] border px-1.5 text-sm",
        pressed ? "border-ink bg-raised" : "border-line hover:border-line-strong",
      )}
    >
      {children}
    </button>
  );
}
