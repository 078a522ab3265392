import type { ReactNode } from "react";
import { duration } from "../time/timecode";
import { classes } from "../ui/classes";
import { editsInWords, type KindCount } from "./edits";
import { toggled, type EditFilter } from "./filters";
import { KIND_LOOKS, MODALITY_WORDS } from "./kinds";
import { KindSwatch } from "./KindSwatch";
import type { Modality } from "./model";

interface EditFiltersProps {
  readonly filter: EditFilter;
  readonly onFilter: (filter: EditFilter) => void;
  readonly counts: readonly KindCount[];
  /** The modalities in which some edits are, and others not. */
  readonly modalities: readonly Modality[];
}

/** How many edits there are of each kind; pressed ones choose what the list shows. */
export function EditFilters({ filter, onFilter, counts, modalities }: EditFiltersProps) {
  return (
    <div role="group" aria-label="Edits by kind" className="flex flex-wrap gap-1">
      {counts.map(({ kind, count, seconds }) => (
        <Chip
          key={kind}
          label={`${KIND_LOOKS[kind].word}: ${editsInWords(count)}`}
          title={`${KIND_LOOKS[kind].meaning}: ${editsInWords(count)}, ${duration(seconds)}`}
          pressed={filter.kinds.includes(kind)}
          onPress={() => onFilter({ ...filter, kinds: toggled(filter.kinds, kind) })}
        >
          <KindSwatch kind={kind} /> {KIND_LOOKS[kind].word} <span className="tc text-faint">{count}</span>
        </Chip>
      ))}
      {modalities.map((modality) => (
        <Chip
          key={modality}
          label={`Edits of the ${MODALITY_WORDS[modality].toLowerCase()}`}
          title={`Edits of the ${MODALITY_WORDS[modality].toLowerCase()}`}
          pressed={filter.modalities.includes(modality)}
          onPress={() => onFilter({ ...filter, modalities: toggled(filter.modalities, modality) })}
        >
          {MODALITY_WORDS[modality]}
        </Chip>
      ))}
    </div>
  );
}

interface ChipProps {
  readonly label: string;
  readonly title: string;
  readonly pressed: boolean;
  readonly onPress: () => void;
  readonly children: ReactNode;
}

function Chip({ label, title, pressed, onPress, children }: ChipProps) {
  return (
    <button
      type="button"
      aria-label={label}
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
