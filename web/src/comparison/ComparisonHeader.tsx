import { useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import { usePrinting } from "../report/usePrinting";
import { navigate } from "../route";
import { SessionButton } from "../session/SessionButton";
import { useReadOnly } from "../session/useReadOnly";
import { useSession } from "../session/useSession";
import { Button, IconButton } from "../ui/Button";
import { classes } from "../ui/classes";
import { Icon } from "../ui/Icon";
import { LanguageMenu } from "../ui/LanguageMenu";
import { Menu } from "../ui/Menu";
import { ProblemNote } from "../ui/ProblemNote";
import { useEngines } from "../tasks/useEngines";
import { EXPORT_GROUPS, fetchReport, saveExport, type ExportContext, type ExportName } from "./exporting";
import { parseLink, usualThreshold, type ComparisonLink, type ComparisonRequest, type Starts } from "../domain/link";
import type { Comparison } from "../domain/model";
import { nameOf } from "../media/names";
import { OptionsPopover } from "./OptionsPopover";
import { TechnicalDialog } from "./TechnicalDialog";
import type { Media } from "../media/useMedia";
import { useTexts } from "../texts/useTexts";

interface ComparisonHeaderProps {
  readonly link: ComparisonLink;
  readonly request: ComparisonRequest;
  readonly media: { readonly a: Media; readonly b: Media };
  readonly starts: Starts;
  readonly comparison: Comparison | undefined;
  readonly onChange: (change: Partial<ComparisonRequest>) => void;
  readonly onCarry: () => void;
  readonly onSignIn: () => void;
}

/** The same comparison with the versions changed over; what is said of one goes with it. */
function swapped({ a, b, offset, starts }: ComparisonLink): Partial<ComparisonLink> {
  return { a: b, b: a, offset: -offset, starts: { a: starts.b, b: starts.a } };
}

/** What is compared, how, and what can be taken away from it. */
export function ComparisonHeader(props: ComparisonHeaderProps) {
  const { link, request, media, starts, comparison, onChange, onCarry, onSignIn } = props;
  const { header: t, exports } = useTexts().comparison;
  const session = useSession();
  const engines = useEngines(session.status === "signed-in" ? session.identity.workspace : "");
  const [exporting, setExporting] = useState<ExportName>();
  const [problem, setProblem] = useState<Problem>();
  const [technical, setTechnical] = useState(false);
  const nameA = nameOf(link.a, media.a);
  const nameB = nameOf(link.b, media.b);
  // Names come together, so that the second does not move with the first.
  const named = [media.a, media.b].every(({ video, problem: lacking }) => video !== undefined || lacking !== undefined);

  const readOnly = useReadOnly();
  const context = (): ExportContext => {
    const shown = parseLink(window.location.search);
    const threshold = shown?.threshold ?? usualThreshold(request.metric);
    return { request, threshold, nameA, nameB, starts, saved: shown?.saved ?? "" };
  };
  const print = usePrinting(
    comparison?.complete ? () => fetchReport(context()) : undefined,
    (error) => setProblem(toProblem(error)),
  );

  const save = async (kind: ExportName): Promise<void> => {
    setProblem(undefined);
    setExporting(kind);
    try {
      await saveExport(kind, context());
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setExporting(undefined);
    }
  };

  return (
    <header className="relative flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line bg-panel px-2">
      {!readOnly && (
        <IconButton label={t.back} onClick={() => navigate("")}>
          <Icon name="back" />
        </IconButton>
      )}
      <h1 className={classes("flex min-w-0 items-center gap-2 text-[0.875rem]", !named && "invisible")}>
        <span className="tc font-bold text-va">A</span>
        <span className="truncate">{nameA}</span>
        <IconButton label={t.swap} onClick={() => onChange(swapped(link))}>
          <Icon name="swap" />
        </IconButton>
        <span className="tc font-bold text-vb">B</span>
        <span className="truncate">{nameB}</span>
      </h1>
      {comparison && (
        <p className="tc ml-3 hidden truncate text-xs text-faint lg:block" title={comparison.model}>
          {comparison.engine}
        </p>
      )}
      <div className="ml-auto flex flex-wrap items-center gap-1 py-1">
        <OptionsPopover request={request} engines={engines} onChange={onChange} />
        <Button onClick={() => setTechnical(true)}>{t.technical}</Button>
        {!readOnly && (
          <Button disabled={!comparison?.complete} onClick={onCarry}>
            <Icon name="carry" /> {t.carryOver}
          </Button>
        )}
        <Menu
          trigger={
            <Button disabled={!comparison?.complete || exporting !== undefined}>
              <Icon name="download" /> {exporting ? t.writing(exports.kinds[exporting].label) : t.export}
            </Button>
          }
          items={[
            {
              group: exports.groups.people,
              label: t.print,
              hint: t.printHint,
              onSelect: () => void print(),
            },
            ...EXPORT_GROUPS.flatMap(({ name, kinds }) =>
              kinds.map((kind) => ({
                group: exports.groups[name],
                ...exports.kinds[kind],
                onSelect: () => void save(kind),
              })),
            ),
          ]}
        />
        {readOnly ? (
          <>
            <p className="px-2 text-xs text-faint">{t.sharedWithYou}</p>
            <LanguageMenu />
          </>
        ) : (
          <SessionButton onSignIn={onSignIn} />
        )}
      </div>
      <TechnicalDialog a={link.a} b={link.b} open={technical} onClose={() => setTechnical(false)} />
      {problem && (
        <div className="absolute top-full right-2 z-30 mt-1 w-96 border border-line-strong bg-panel shadow-xl">
          <ProblemNote problem={problem}>
            <Button onClick={() => setProblem(undefined)}>{t.close}</Button>
          </ProblemNote>
        </div>
      )}
    </header>
  );
}
