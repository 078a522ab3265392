import { useEffect, useRef, useState } from "react";
import { useTexts } from "../texts/useTexts";
import { timecode } from "../time/timecode";
import { Button } from "../ui/Button";
import { TextField } from "../ui/TextField";
import { rememberAuthor, rememberedAuthor } from "./author";

interface NoteComposerProps {
  /** The moment that the note will be about, on the edit timeline. */
  readonly time: number;
  readonly frameRate: number;
  /** Answers whether the note was taken. */
  readonly onSubmit: (text: string, author: string) => Promise<boolean>;
  readonly onCancel: () => void;
}

/** Writes a note at the playhead. Ctrl or Cmd with Enter sends it. */
export function NoteComposer({ time, frameRate, onSubmit, onCancel }: NoteComposerProps) {
  const t = useTexts().review.notes;
  const [text, setText] = useState("");
  const [author, setAuthor] = useState(rememberedAuthor);
  const [sending, setSending] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (): Promise<void> => {
    if (text.trim() === "" || sending) return;
    setSending(true);
    rememberAuthor(author.trim());
    const taken = await onSubmit(text, author.trim());
    setSending(false);
    if (taken) onCancel();
  };
  const at = t.at(timecode(time, frameRate));
  return (
    <form
      aria-label={t.new}
      className="shrink-0 space-y-2 border-b border-line bg-well p-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <textarea
        ref={field}
        aria-label={at}
        placeholder={at}
        value={text}
        maxLength={2000}
        rows={3}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") onCancel();
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
        }}
        className="w-full resize-y rounded-[3px] border border-line-strong/60 bg-raised px-2 py-1 text-sm"
      />
      <div className="flex gap-2">
        <TextField label={t.author} placeholder={t.author} value={author} maxLength={80} onChange={setAuthor} />
        <Button onClick={onCancel}>{t.cancel}</Button>
        <Button type="submit" look="primary" disabled={text.trim() === "" || sending}>
          {t.add}
        </Button>
      </div>
    </form>
  );
}
