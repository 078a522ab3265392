import { useCallback, useMemo, useRef, useState } from "react";
import type { ActionContext } from "../actions/action";
import { HelpDialog } from "../actions/HelpDialog";
import { useKeymap } from "../actions/keymap";
import { editOf, type Edit } from "../domain/edits";
import { findingsAt } from "../domain/findings";
import type { ComparisonLink } from "../domain/link";
import { masterOfA, spanOf } from "../domain/masterTimeline";
import type { Comparison } from "../domain/model";
import type { Media } from "../media/useMedia";
import { PlayerController } from "../player/controller";
import { useStage } from "../player/useStage";
import { useViewing } from "../player/useViewing";
import { useMarking } from "../review/useMarking";
import { layOver } from "../timeline/laidOver";
import { Timeline } from "../timeline/Timeline";
import { useTimelineView } from "../timeline/useTimelineView";
import { revealView, zoomView } from "../timeline/zoom";
import { ZoomBar } from "../timeline/ZoomBar";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import type { LaidFile } from "./carrying";
import { describeAt } from "./describing";
import { MatrixDialog } from "./MatrixDialog";
import { SidePane } from "./SidePane";
import { Stage } from "./Stage";
import { useEdits } from "./useEdits";
import { useLinkUpdate } from "./useLinkUpdate";
import { useMaster } from "./useMaster";
import { usePreviewsOfBoth } from "./usePreviewsOfBoth";
import { useReviewOf } from "./useReviewOf";
import { useThreshold } from "./useThreshold";
import { useWriting } from "./useWriting";
import { useTexts } from "../texts/useTexts";

interface ComparisonViewProps {
  readonly link: ComparisonLink;
  readonly comparison: Comparison;
  readonly media: { readonly a: Media; readonly b: Media };
  /** What is laid over the timeline. */
  readonly laid: LaidFile | undefined;
  readonly onLay: (file: LaidFile | undefined) => void;
  readonly onStart: (side: "a" | "b", start: string) => void;
}

/** Both players, the differences and the timeline, all speaking of the same moment. */
export function ComparisonView({ link, comparison, media, laid, onLay, onStart }: ComparisonViewProps) {
  const { panes } = useTexts().comparison;
  const [player] = useState(() => new PlayerController());
  const [threshold, setThreshold] = useThreshold(link);
  const { viewing, control } = useViewing();
  const [dialog, setDialog] = useState<"help" | "matrix">();

  const findings = useMemo(() => findingsAt(comparison, threshold), [comparison, threshold]);
  const master = useMaster(comparison, player, link);
  const frameRates = { a: media.a.video?.frameRate ?? 0, b: media.b.video?.frameRate ?? 0 };
  const edits = useEdits(findings, master, frameRates.a, frameRates.b);
  const { placed, selected } = edits;
  const markers = useMemo(() => (laid ? layOver(laid.items, laid.madeFor, master) : []), [laid, master]);
  const { view, change: changeView, fit } = useTimelineView(master.duration);
  useLinkUpdate(link, threshold, player, comparison.complete);

  const reviewing = useReviewOf(link, media, threshold);
  const marking = useMarking(reviewing, findings.differences, [frameRates.a, frameRates.b]);
  const { tab, onTab, writingAt, onWrite } = useWriting(player);
  const reveal = (edit: Edit): void => {
    edits.select(edit);
    changeView((before) => revealView(before, master.duration, spanOf(master, edit.lead)));
  };
  const jump = (edit: Edit): void => {
    player.setLoop(undefined);
    player.seek(spanOf(master, edit.lead).start);
    reveal(edit);
  };
  const element = useRef<HTMLDivElement>(null);
  const stage = useStage(element, player, media);
  const context: ActionContext = {
    player,
    edits: edits.listed,
    markers,
    selected,
    select: reveal,
    zoom: (factor) => changeView((before) => zoomView(before, master.duration, factor, player.time)),
    fit,
    viewing,
    view: control,
    write: reviewing && (() => onWrite(player.time)),
    decide: marking && selected && ((what) => marking.toggle(selected.regions, what)),
    fullScreen: stage.toggleFullScreen,
    saveStill: stage.saveStill,
    showMatrix: () => setDialog("matrix"),
    showHelp: () => {
      // The list of keys is no part of what fills the screen.
      if (document.fullscreenElement) void document.exitFullscreen();
      setDialog("help");
    },
  };
  useKeymap(context);
  const describe = useCallback((time: number) => describeAt(placed, markers, time), [placed, markers]);
  const previews = usePreviewsOfBoth(media);

  return (
    <main className="flex min-h-0 flex-1 flex-col overflow-y-auto lg:grid lg:grid-cols-[minmax(0,1fr)_23rem] lg:overflow-hidden">
      <div className="flex min-h-0 min-w-0 shrink-0 flex-col">
        <Stage
          element={element}
          context={context}
          comparison={comparison}
          media={media}
          frameRate={frameRates.a}
          problem={stage.problem}
          onStart={onStart}
        >
          <ZoomBar view={view} duration={master.duration} onView={changeView} />
        </Stage>
        <ErrorBoundary name={panes.timeline}>
          <Timeline
            comparison={comparison}
            findings={findings}
            master={master}
            player={player}
            view={view}
            onView={changeView}
            threshold={threshold}
            frameRate={frameRates.a}
            selected={selected}
            onSelect={(region) => {
              const edit = editOf(edits.all, region);
              if (edit) jump(edit);
            }}
            markers={markers}
            onUnlay={() => onLay(undefined)}
            {...previews}
            describe={describe}
          />
        </ErrorBoundary>
      </div>
      <SidePane
        link={link}
        comparison={comparison}
        findings={findings}
        edits={edits}
        frameRates={frameRates}
        videos={previews.videos}
        threshold={threshold}
        onThreshold={setThreshold}
        marking={marking}
        panel={{
          tab,
          onTab,
          notes: reviewing && { reviewing, player, master, frameRateA: frameRates.a, frameRateB: frameRates.b, writingAt, onWrite },
        }}
        onSelect={jump}
      />
      {dialog === "matrix" && (
        <MatrixDialog
          a={link.a}
          b={link.b}
          engine={link.engine}
          frameRateA={frameRates.a}
          frameRateB={frameRates.b}
          at={{ a: player.shown("a"), b: player.shown("b") }}
          onGo={({ a }) => {
            player.seek(masterOfA(master, a));
            setDialog(undefined);
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      <HelpDialog open={dialog === "help"} onClose={() => setDialog(undefined)} />
    </main>
  );
}
