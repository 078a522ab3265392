import type { ComponentProps } from "react";
import { NotesPanel } from "../review/NotesPanel";
import { Segmented } from "../ui/Segmented";
import { EditList } from "./EditList";
import { useTexts } from "../texts/useTexts";

export type SideTab = "edits" | "notes";

interface SidePanelProps {
  readonly tab: SideTab;
  readonly onTab: (tab: SideTab) => void;
  readonly list: ComponentProps<typeof EditList>;
  /** Undefined as long as there is nothing to write notes about. */
  readonly notes: ComponentProps<typeof NotesPanel> | undefined;
}

/** What was found, and what people say about it. */
export function SidePanel({ tab, onTab, list, notes }: SidePanelProps) {
  const t = useTexts().comparison.tabs;
  const count = notes?.reviewing.saved?.noteCount ?? 0;
  return (
    <>
      {notes && (
        <div className="shrink-0 border-b border-line px-3 py-1.5">
          <Segmented
            label={t.name}
            value={tab}
            onChange={onTab}
            choices={[
              { value: "edits", label: t.edits },
              { value: "notes", label: t.notes, content: t.notesCount(count) },
            ]}
          />
        </div>
      )}
      {notes && tab === "notes" ? <NotesPanel {...notes} /> : <EditList {...list} />}
    </>
  );
}
