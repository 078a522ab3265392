import { useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import { CarryFate } from "../gen/sage/compare/v1/carry_over_pb";
import { timecode } from "../time/timecode";
import { Button } from "../ui/Button";
import { classes } from "../ui/classes";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { ProblemNote } from "../ui/ProblemNote";
import { Segmented } from "../ui/Segmented";
import { carryFile, FATE_WORDS, type CarriedRow, type CarryReport, type Span, type VersionSide } from "./carrying";
import type { ComparisonRequest } from "./link";
import { saveFile } from "./saving";

interface FrameRates {
  readonly a: number;
  readonly b: number;
}

interface CarryDialogProps {
  readonly file: File | undefined;
  readonly request: ComparisonRequest;
  readonly frameRates: FrameRates;
  readonly onFile: (file: File | undefined) => void;
  readonly onClose: () => void;
}

/** Takes a file that was made for one version and gives back the one for the other. */
export function CarryDialog({ file, request, frameRates, onFile, onClose }: CarryDialogProps) {
  const [madeFor, setMadeFor] = useState<VersionSide>("a");
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [report, setReport] = useState<CarryReport>();

  const forget = (): void => {
    setReport(undefined);
    setProblem(undefined);
  };
  const carry = async (taken: File): Promise<void> => {
    forget();
    setWorking(true);
    try {
      setReport(await carryFile(taken, madeFor, request));
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setWorking(false);
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Carry over"
      description="Subtitles, markers, chapters or an edit list of one version, made to fit the other."
    >
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <label className="inline-flex h-7 min-w-0 cursor-pointer items-center rounded-[3px] border border-line-strong/60 bg-raised px-2.5 focus-within:border-ink hover:border-line-strong">
          <span className="truncate">{file?.name ?? "Choose a file…"}</span>
          <input
            type="file"
            className="sr-only"
            onChange={(event) => {
              forget();
              onFile(event.target.files?.[0]);
            }}
          />
        </label>
        <span className="ml-auto text-dim">made for</span>
        <Segmented
          label="The version that the file was made for"
          value={madeFor}
          choices={[
            { value: "a", label: "A" },
            { value: "b", label: "B" },
          ]}
          onChange={(side) => {
            forget();
            setMadeFor(side);
          }}
        />
        <Button look={report ? "plain" : "primary"} disabled={!file || working} onClick={() => file && void carry(file)}>
          {working ? "Carrying over…" : `To ${madeFor === "a" ? "B" : "A"}`}
        </Button>
      </div>
      {problem && (
        <div className="mt-4">
          <ProblemNote problem={problem} />
        </div>
      )}
      {report && <CarryResult report={report} frameRates={madeFor === "a" ? frameRates : { a: frameRates.b, b: frameRates.a }} />}
    </Dialog>
  );
}

interface CarryResultProps {
  readonly report: CarryReport;
  /** Of the version that it was made for (a), and of the other one (b). */
  readonly frameRates: FrameRates;
}

/** What became of the file, and the file. */
export function CarryResult({ report, frameRates }: CarryResultProps) {
  return (
    <section aria-label="What became of the file" className="mt-4">
      <div className="flex items-center gap-3">
        <p role="status" className="min-w-0 flex-1 text-sm">
          {report.sentence}
        </p>
        <Button
          look="primary"
          onClick={() => saveFile(report.fileName, report.content, "application/octet-stream")}
        >
          <Icon name="download" /> Save {report.fileName}
        </Button>
      </div>
      {report.notes.map((note) => (
        <p key={note} className="mt-1 text-sm text-dim">
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
  const bad = row.fate === CarryFate.LOST || row.fate === CarryFate.TO_CHECK;
  return (
    <li className="py-1.5 text-sm">
      <p className="flex items-baseline gap-2">
        <span className={classes("shrink-0 font-medium", bad && "text-danger")}>{FATE_WORDS[row.fate]}</span>
        <span className="min-w-0 flex-1 truncate" title={row.text}>
          {row.text}
        </span>
        <span className="shrink-0 text-xs text-faint">{row.location}</span>
      </p>
      <p className="tc text-xs text-dim">
        {spanText(row.from, frameRates.a)} → {row.to.map((span) => spanText(span, frameRates.b)).join(", ") || "nowhere"}
      </p>
      {row.remark && <p className="text-xs text-dim">{row.remark}</p>}
    </li>
  );
}

function spanText({ start, end }: Span, frameRate: number): string {
  const from = timecode(start, frameRate);
  return end === undefined ? from : `${from}–${timecode(end, frameRate)}`;
}
