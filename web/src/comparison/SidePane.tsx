import { useState, type ComponentProps } from "react";
import { usualThreshold, type ComparisonLink } from "../domain/link";
import type { Edit, Order } from "../domain/edits";
import type { Findings } from "../domain/findings";
import type { Comparison } from "../domain/model";
import { ReviewBar } from "../review/ReviewBar";
import type { Marking } from "../review/useMarking";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import type { Videos } from "./editPictures";
import { Sensitivity } from "./Sensitivity";
import { SidePanel } from "./SidePanel";
import { Summary } from "./Summary";
import type { Edits } from "./useEdits";
import { useTexts } from "../texts/useTexts";

interface SidePaneProps {
  readonly link: ComparisonLink;
  readonly comparison: Comparison;
  readonly findings: Findings;
  readonly edits: Edits;
  readonly frameRates: { readonly a: number; readonly b: number };
  readonly videos: Videos;
  readonly threshold: number;
  readonly onThreshold: (threshold: number) => void;
  readonly marking: Marking | undefined;
  readonly panel: Pick<ComponentProps<typeof SidePanel>, "tab" | "onTab" | "notes">;
  readonly onSelect: (edit: Edit) => void;
}

/** What the comparison comes to, and every edit and note of it. */
export function SidePane(props: SidePaneProps) {
  const { link, comparison, findings, edits, frameRates, marking, panel } = props;
  const { panes, list } = useTexts().comparison;
  const [order, setOrder] = useState<Order>("time");
  return (
    <aside className="flex shrink-0 flex-col border-l border-line bg-panel lg:min-h-0">
      <ErrorBoundary name={panes.kept}>
        {panel.notes && <ReviewBar reviewing={panel.notes.reviewing} />}
      </ErrorBoundary>
      <ErrorBoundary name={panes.summary}>
        <Summary comparison={comparison} findings={findings} edits={edits.all.length} />
        <Sensitivity
          threshold={props.threshold}
          usual={usualThreshold(link.metric)}
          suggested={findings.suggestedThreshold}
          similarityPercent={findings.similarityPercent}
          tracks={comparison.tracks}
          onChange={props.onThreshold}
        />
      </ErrorBoundary>
      <ErrorBoundary name={panes.list}>
        <SidePanel
          {...panel}
          list={{
            edits: edits.all,
            frameRateA: frameRates.a,
            frameRateB: frameRates.b,
            order,
            onOrder: setOrder,
            filter: edits.filter,
            onFilter: edits.setFilter,
            selected: edits.selected,
            onSelect: props.onSelect,
            emptyText: comparison.complete ? list.noneAtThreshold : list.comparing,
            marking: comparison.complete ? marking : undefined,
            videos: props.videos,
          }}
        />
      </ErrorBoundary>
    </aside>
  );
}
