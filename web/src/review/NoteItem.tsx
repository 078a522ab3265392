import { timestampDate } from "@bufbuild/protobuf/wkt";
import { useState } from "react";
import type { Note } from "../gen/sage/compare/v1/saved_comparison_pb";
import { useTexts } from "../texts/useTexts";
import { timecode } from "../time/timecode";
import { Button, IconButton } from "../ui/Button";
import { classes } from "../ui/classes";
import { Icon } from "../ui/Icon";

interface NoteItemProps {
  readonly note: Note;
  readonly readOnly: boolean;
  readonly frameRateA: number;
  readonly frameRateB: number;
  readonly onGo: () => void;
  /** Answers whether the text was taken. */
  readonly onEdit: (text: string) => Promise<boolean>;
  readonly onRemove: () => void;
}

/** One note: a click goes to its moment. */
export function NoteItem({ note, readOnly, frameRateA, frameRateB, onGo, onEdit, onRemove }: NoteItemProps) {
  const { review, formats } = useTexts();
  const t = review.notes;
  const [editing, setEditing] = useState(false);
  return (
    <li data-testid="note" className="border-b border-line px-3 py-2">
      <div className="flex items-center gap-2 text-xs text-faint">
        <button type="button" onClick={onGo} className="tc text-left hover:text-ink" title={t.go}>
          <span className="sr-only">{t.go}: </span>
          {note.aSeconds !== undefined && (
            <span className="mr-2">
              <strong className="text-va">A</strong> {timecode(note.aSeconds, frameRateA)}
            </span>
          )}
          {note.bSeconds !== undefined && (
            <span>
              <strong className="text-vb">B</strong> {timecode(note.bSeconds, frameRateB)}
            </span>
          )}
        </button>
        <span className={classes("ml-auto flex", readOnly && "hidden")}>
          <IconButton label={t.edit} className="h-6" onClick={() => setEditing(true)}>
            <Icon name="edit" size={13} />
          </IconButton>
          <IconButton label={t.delete} className="h-6" onClick={onRemove}>
            <Icon name="close" size={13} />
          </IconButton>
        </span>
      </div>
      {editing ? (
        <NoteEditor
          text={note.text}
          onDone={(text) => {
            if (text === undefined) setEditing(false);
            else void onEdit(text).then((taken) => taken && setEditing(false));
          }}
        />
      ) : (
        <p className="text-sm break-words whitespace-pre-wrap">{note.text}</p>
      )}
      <p className="mt-0.5 text-xs text-faint">
        {note.author || t.somebody}
        {note.createTime && `, ${formats.dateTime(timestampDate(note.createTime))}`}
      </p>
    </li>
  );
}

interface NoteEditorProps {
  readonly text: string;
  /** The new text; undefined leaves the old one. */
  readonly onDone: (text: string | undefined) => void;
}

function NoteEditor({ text, onDone }: NoteEditorProps) {
  const t = useTexts().review.notes;
  const [now, setNow] = useState(text);
  return (
    <div className="space-y-1">
      <textarea
        aria-label={t.text}
        value={now}
        maxLength={2000}
        rows={3}
        onChange={(event) => setNow(event.target.value)}
        className="w-full resize-y rounded-[3px] border border-line-strong/60 bg-raised px-2 py-1 text-sm"
      />
      <div className="flex justify-end gap-2">
        <Button onClick={() => onDone(undefined)}>{t.cancel}</Button>
        <Button look="primary" disabled={now.trim() === ""} onClick={() => onDone(now === text ? undefined : now)}>
          {t.keep}
        </Button>
      </div>
    </div>
  );
}
