import { useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import { navigate } from "../route";
import { SessionButton } from "../session/SessionButton";
import { useSession } from "../session/useSession";
import { Button, IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { ProblemNote } from "../ui/ProblemNote";
import { useEngines } from "../workspace/useEngines";
import { EXPORT_GROUPS, saveExport, type ExportKind } from "./exporting";
import { parseLink, usualThreshold, type ComparisonLink, type ComparisonRequest } from "./link";
import type { Comparison } from "./model";
import { OptionsPopover } from "./OptionsPopover";
import { TechnicalDialog } from "./TechnicalDialog";
import type { Media } from "./useMedia";

interface ComparisonHeaderProps {
  readonly link: ComparisonLink;
  readonly request: ComparisonRequest;
  readonly media: { readonly a: Media; readonly b: Media };
  readonly comparison: Comparison | undefined;
  readonly onChange: (change: Partial<ComparisonRequest>) => void;
  readonly onCarry: () => void;
  readonly onSignIn: () => void;
}

/** What is compared, how, and what can be taken away from it. */
export function ComparisonHeader(props: ComparisonHeaderProps) {
  const { link, request, media, comparison, onChange, onCarry, onSignIn } = props;
  const session = useSession();
  const engines = useEngines(session.status === "signed-in" ? session.identity.workspace : "");
  const [exporting, setExporting] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [technical, setTechnical] = useState(false);
  const nameA = media.a.video?.displayName ?? link.a;
  const nameB = media.b.video?.displayName ?? link.b;

  const save = async (kind: ExportKind): Promise<void> => {
    setProblem(undefined);
    setExporting(kind.label);
    try {
      const threshold = parseLink(window.location.search)?.threshold ?? usualThreshold(request.metric);
      await saveExport(kind, { request, threshold, nameA, nameB });
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setExporting(undefined);
    }
  };

  return (
    <header className="relative flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line bg-panel px-2">
      <IconButton label="Back to the videos" onClick={() => navigate("")}>
        <Icon name="back" />
      </IconButton>
      <h1 className="flex min-w-0 items-center gap-2 text-[0.875rem]">
        <span className="tc font-bold text-va">A</span>
        <span className="truncate">{nameA}</span>
        <IconButton label="Swap the versions" onClick={() => onChange({ a: link.b, b: link.a, offset: -link.offset })}>
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
      <div className="ml-auto flex items-center gap-1">
        <OptionsPopover request={request} engines={engines} onChange={onChange} />
        <Button onClick={() => setTechnical(true)}>Technical</Button>
        <Button disabled={!comparison?.complete} onClick={onCarry}>
          <Icon name="carry" /> Carry over
        </Button>
        <Menu
          trigger={
            <Button disabled={!comparison?.complete || exporting !== undefined}>
              <Icon name="download" /> {exporting ? `Writing ${exporting}…` : "Export"}
            </Button>
          }
          items={EXPORT_GROUPS.flatMap(({ label: group, kinds }) =>
            kinds.map((kind) => ({
              group,
              label: kind.label,
              hint: kind.hint,
              onSelect: () => void save(kind),
            })),
          )}
        />
        <SessionButton onSignIn={onSignIn} />
      </div>
      <TechnicalDialog a={link.a} b={link.b} open={technical} onClose={() => setTechnical(false)} />
      {problem && (
        <div className="absolute top-full right-2 z-30 mt-1 w-96 border border-line-strong bg-panel shadow-xl">
          <ProblemNote problem={problem}>
            <Button onClick={() => setProblem(undefined)}>Close</Button>
          </ProblemNote>
        </div>
      )}
    </header>
  );
}
