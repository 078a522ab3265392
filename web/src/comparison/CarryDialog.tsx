import { useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import type { Side } from "../domain/model";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { Segmented } from "../ui/Segmented";
import { carryFile, laidFile, type CarryReport, type LaidFile } from "./carrying";
import { CarryResult, type FrameRates } from "./CarryResult";
import type { ComparisonRequest } from "../domain/link";
import { useTexts } from "../texts/useTexts";

interface CarryDialogProps {
  readonly file: File | undefined;
  readonly request: ComparisonRequest;
  readonly frameRates: FrameRates;
  readonly onFile: (file: File | undefined) => void;
  /** Lays what is in the file over the timeline. */
  readonly onLay: (file: LaidFile) => void;
  readonly onClose: () => void;
}

/** Takes a file that was made for one version and gives back the one for the other. */
export function CarryDialog({ file, request, frameRates, onFile, onLay, onClose }: CarryDialogProps) {
  const t = useTexts().comparison.carrying;
  const [madeFor, setMadeFor] = useState<Side>("a");
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
      title={t.title}
      description={t.description}
    >
      <div className="flex flex-wrap items-center gap-2 text-sm">
        <label className="inline-flex h-7 min-w-0 cursor-pointer items-center rounded-[3px] border border-line-strong/60 bg-raised px-2.5 focus-within:border-ink hover:border-line-strong">
          <span className="truncate">{file?.name ?? t.chooseFile}</span>
          <input
            type="file"
            className="sr-only"
            onChange={(event) => {
              forget();
              onFile(event.target.files?.[0]);
            }}
          />
        </label>
        <span className="ml-auto text-dim">{t.madeFor}</span>
        <Segmented
          label={t.madeForName}
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
          {working ? t.working : t.to(madeFor === "a" ? "B" : "A")}
        </Button>
      </div>
      {problem && (
        <div className="mt-4">
          <ProblemNote problem={problem} />
        </div>
      )}
      {report && (
        <CarryResult
          report={report}
          frameRates={madeFor === "a" ? frameRates : { a: frameRates.b, b: frameRates.a }}
          onLay={() => onLay(laidFile(file?.name ?? "", madeFor, report))}
        />
      )}
    </Dialog>
  );
}
