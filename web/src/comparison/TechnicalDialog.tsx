import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { TechnicalTables } from "./TechnicalTables";
import { useTechnical } from "./useTechnical";
import { useTexts } from "../texts/useTexts";

interface TechnicalDialogProps {
  readonly a: string;
  readonly b: string;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** What differs in the files themselves: codecs, colour, tracks, loudness, subtitles. */
export function TechnicalDialog({ a, b, open, onClose }: TechnicalDialogProps) {
  const t = useTexts().comparison.technical;
  const { table, reading, problem } = useTechnical(a, b, open);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={t.title}
      description={t.description}
      wide
    >
      {problem && <ProblemNote problem={problem} />}
      {table && <TechnicalTables table={table} reading={reading} />}
      {!table && !problem && (
        <p role="status" className="text-sm text-dim">
          {t.reading}
        </p>
      )}
    </Dialog>
  );
}
