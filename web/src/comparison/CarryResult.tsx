import { CarryFate } from "../gen/sage/compare/v1/carry_over_pb";
import { SERVICE_LANGUAGE } from "../texts/language";
import { useTexts } from "../texts/useTexts";
import { timecode } from "../time/timecode";
import { Button } from "../ui/Button";
import { classes } from "../ui/classes";
import { Icon } from "../ui/Icon";
import { saveFile } from "../ui/saving";
import { fateInWords, reportInWords, type CarriedRow, type CarryReport, type Span } from "./carrying";

export interface FrameRates {
  readonly a: number;
  readonly b: number;
}

interface CarryResultProps {
  readonly report: CarryReport;
  /** Of the version that it was made for (a), and of the other one (b). */
  readonly frameRates: FrameRates;
  readonly onLay: () => void;
}

/** What became of the file, and the file. */
export function CarryResult({ report, frameRates, onLay }: CarryResultProps) {
  const t = useTexts().comparison.carrying;
  return (
    <section aria-label={t.result} className="mt-4">
      <div className="flex flex-wrap items-center gap-2">
        <p role="status" className="min-w-40 flex-1 text-sm">
          {reportInWords(report)}
        </p>
        {report.all.length > 0 && <Button onClick={onLay}>{t.layOver}</Button>}
        <Button
          look="primary"
          onClick={() => saveFile(report.fileName, report.content, "application/octet-stream")}
        >
          <Icon name="download" /> {t.save(report.fileName)}
        </Button>
      </div>
      {report.notes.map((note) => (
        <p key={note} lang={SERVICE_LANGUAGE} className="mt-1 text-sm text-dim">
          {note}
        </p>
      ))}
      {report.rows.length > 0 && (
        <ul className="mt-3 divide-y divide-line border-t border-line">
          {report.rows.map((row) => (
            <Row key={`${row.location} ${row.from.start}`} row={row} frameRates={frameRates} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Row({ row, frameRates }: { readonly row: CarriedRow; readonly frameRates: FrameRates }) {
  const t = useTexts().comparison.carrying;
  const bad = row.fate === CarryFate.LOST || row.fate === CarryFate.TO_CHECK;
  return (
    <li className="py-1.5 text-sm">
      <p className="flex items-baseline gap-2">
        <span className={classes("shrink-0 font-medium", bad && "text-danger")}>{fateInWords(row.fate)}</span>
        <span className="min-w-0 flex-1 truncate" title={row.text}>
          {row.text}
        </span>
        <span className="shrink-0 text-xs text-faint">{row.location}</span>
      </p>
      <p className="tc text-xs text-dim">
        {spanText(row.from, frameRates.a)} → {row.to.map((span) => spanText(span, frameRates.b)).join(", ") || t.nowhere}
      </p>
      {row.remark && <p lang={SERVICE_LANGUAGE} className="text-xs text-dim">{row.remark}</p>}
    </li>
  );
}

function spanText({ start, end }: Span, frameRate: number): string {
  const from = timecode(start, frameRate);
  return end === undefined ? from : `${from}–${timecode(end, frameRate)}`;
}
