import { useMemo } from "react";
import type { PlayerController } from "../player/controller";
import { useReadOnly } from "../session/useReadOnly";
import type { MasterTimeline } from "../domain/masterTimeline";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { momentAt, timeOfMoment } from "./moments";
import { NoteComposer } from "./NoteComposer";
import { NoteItem } from "./NoteItem";
import type { Reviewing } from "./useReview";

interface NotesPanelProps {
  readonly reviewing: Reviewing;
  readonly player: PlayerController;
  readonly master: MasterTimeline;
  readonly frameRateA: number;
  readonly frameRateB: number;
  /** The moment of the note that is being written; undefined when none is. */
  readonly writingAt: number | undefined;
  readonly onWrite: (time: number | undefined) => void;
}

/** The notes of everybody in the workspace, in order of their moments. */
export function NotesPanel(props: NotesPanelProps) {
  const { reviewing, player, master, frameRateA, frameRateB, writingAt, onWrite } = props;
  const { review: { notes: t }, actions } = useTexts();
  const { review, seed, saved } = reviewing;
  const readOnly = useReadOnly();
  const notes = useMemo(
    () =>
      (saved?.notes ?? [])
        .map((note) => ({ note, time: timeOfMoment(master, note) }))
        .sort((x, y) => (x.time ?? -1) - (y.time ?? -1)),
    [saved, master],
  );
  return (
    <section aria-label={t.name} className="flex min-h-0 flex-1 flex-col">
      {readOnly ? null : writingAt === undefined ? (
        <div className="shrink-0 border-b border-line p-2">
          <Button className="w-full" onClick={() => onWrite(player.time)}>
            <Icon name="note" size={14} /> {actions.labels.note}
          </Button>
        </div>
      ) : (
        <NoteComposer
          key={writingAt}
          time={writingAt}
          frameRate={frameRateA}
          onCancel={() => onWrite(undefined)}
          onSubmit={(text, author) =>
            review.addNote(seed, { text, author, ...momentAt(master, writingAt, { a: frameRateA, b: frameRateB }) })
          }
        />
      )}
      {notes.length === 0 ? (
        <p className="p-4 text-sm text-dim">
          {t.none}{readOnly ? "" : ` ${t.seenByAll}`}
        </p>
      ) : (
        <ol className="min-h-0 flex-1 overflow-y-auto">
          {notes.map(({ note, time }) => (
            <NoteItem
              key={note.name}
              note={note}
              readOnly={readOnly}
              frameRateA={frameRateA}
              frameRateB={frameRateB}
              onGo={() => time !== undefined && player.seek(time)}
              onEdit={(text) => review.editNote(note, text)}
              onRemove={() => void review.removeNote(note)}
            />
          ))}
        </ol>
      )}
    </section>
  );
}
