import { useCallback, useDeferredValue, useMemo, useRef, useState } from "react";
import type { ActionContext } from "../actions/action";
import { HelpDialog } from "../actions/HelpDialog";
import { useKeymap } from "../actions/keymap";
import { ReviewBar } from "../review/ReviewBar";
import { useMarking } from "../review/useMarking";
import { useReview } from "../review/useReview";
import { PlayerController } from "../player/controller";
import { TransportBar } from "../player/TransportBar";
import { useBox } from "../player/useBox";
import { useStage } from "../player/useStage";
import { Viewer, type ViewerLayout } from "../player/Viewer";
import { spanOf } from "../timeline/masterTimeline";
import { Timeline } from "../timeline/Timeline";
import { useFilmstrip } from "../timeline/useFilmstrip";
import { useTimelineView } from "../timeline/useTimelineView";
import { useWaveform } from "../timeline/useWaveform";
import { revealView, zoomView } from "../timeline/zoom";
import { ZoomBar } from "../timeline/ZoomBar";
import { editOf, type Edit, type Order } from "./edits";
import { findingsAt } from "./findings";
import { KIND_LOOKS } from "./kinds";
import { usualThreshold, type ComparisonLink } from "./link";
import type { Comparison } from "./model";
import { exportName } from "./exporting";
import { toOptions } from "./options";
import { Sensitivity } from "./Sensitivity";
import { SidePanel, type SideTab } from "./SidePanel";
import { Summary } from "./Summary";
import { useEdits } from "./useEdits";
import { useLinkUpdate } from "./useLinkUpdate";
import { useMaster } from "./useMaster";
import type { Media } from "./useMedia";

interface ComparisonViewProps {
  readonly link: ComparisonLink;
  readonly comparison: Comparison;
  readonly media: { readonly a: Media; readonly b: Media };
}

/** Both players, the differences and the timeline, all speaking of the same moment. */
export function ComparisonView({ link, comparison, media }: ComparisonViewProps) {
  const [player] = useState(() => new PlayerController());
  const [threshold, setThreshold] = useState(link.threshold);
  const [order, setOrder] = useState<Order>("time");
  const [layout, setLayout] = useState<ViewerLayout>("side");
  const [help, setHelp] = useState(false);
  const [tab, setTab] = useState<SideTab>("edits");
  const [writingAt, setWritingAt] = useState<number>();

  const shownThreshold = useDeferredValue(threshold);
  const findings = useMemo(() => findingsAt(comparison, shownThreshold), [comparison, shownThreshold]);
  const master = useMaster(comparison, player, link);
  const frameRateA = media.a.video?.frameRate ?? 0;
  const frameRateB = media.b.video?.frameRate ?? 0;
  const edits = useEdits(findings, master, frameRateA, frameRateB);
  const { placed, selected, select } = edits;

  const { view, change: changeView, fit } = useTimelineView(master.duration);
  useLinkUpdate(link, threshold, player, comparison.complete);

  const reviewing = useReview(videoOf(link.a, media.a), videoOf(link.b, media.b), link.saved, {
    displayName: `${exportName(media.a.video?.displayName ?? "A")} – ${exportName(media.b.video?.displayName ?? "B")}`,
    options: toOptions(link, threshold === usualThreshold(link.metric) ? undefined : threshold),
  });
  const marking = useMarking(reviewing, findings.differences, [frameRateA, frameRateB]);
  const write = (time: number | undefined): void => {
    if (time !== undefined) {
      player.pause();
      setTab("notes");
    }
    setWritingAt(time);
  };
  const reveal = (edit: Edit): void => {
    select(edit);
    changeView((before) => revealView(before, master.duration, spanOf(master, edit.lead)));
  };
  const jump = (edit: Edit): void => {
    player.setLoop(undefined);
    player.seek(spanOf(master, edit.lead).start);
    reveal(edit);
  };
  const stageRef = useRef<HTMLDivElement>(null);
  const stage = useStage(stageRef, player, media);
  const context: ActionContext = {
    player,
    edits: edits.listed,
    selected,
    select: reveal,
    zoom: (factor) => changeView((before) => zoomView(before, master.duration, factor, player.time)),
    fit,
    // The same layout again goes back to side by side.
    show: (next) => setLayout((before) => (before === next ? "side" : next)),
    write: reviewing && (() => write(player.time)),
    decide:
      marking &&
      selected &&
      ((what) => {
        const before = marking.of(selected.regions);
        marking.decide(selected.regions, { ...before, [what]: !before[what] });
      }),
    fullScreen: stage.toggleFullScreen,
    saveStill: stage.saveStill,
    showHelp: () => {
      // The list of keys is no part of what fills the screen.
      if (document.fullscreenElement) void document.exitFullscreen();
      setHelp(true);
    },
  };
  useKeymap(context);

  const describe = useCallback(
    (time: number) => {
      const here = placed.findIndex(({ stretch }) => time >= stretch.start && time < stretch.end);
      const found = placed[here];
      if (!found) return KIND_LOOKS.UNCHANGED.word.toLowerCase();
      return `${KIND_LOOKS[found.edit.kind].word.toLowerCase()}, edit ${here + 1} of ${placed.length}`;
    },
    [placed],
  );
  const strips = { a: useFilmstrip(media.a.video?.name), b: useFilmstrip(media.b.video?.name) };
  const waveforms = {
    a: useWaveform(media.a.video?.hasAudio ? media.a.video.name : undefined),
    b: useWaveform(media.b.video?.hasAudio ? media.b.video.name : undefined),
  };
  const box = useBox(player, comparison);

  return (
    <main className="flex min-h-0 flex-1 flex-col overflow-y-auto lg:grid lg:grid-cols-[minmax(0,1fr)_21rem] lg:overflow-hidden">
      <div className="flex min-h-0 min-w-0 shrink-0 flex-col">
        <div ref={stageRef} className="flex min-h-0 min-w-0 flex-1 flex-col bg-ground">
          <Viewer layout={layout} media={media} player={player} box={box} />
          <TransportBar context={context} frameRate={frameRateA} layout={layout} onLayout={setLayout}>
            <ZoomBar view={view} duration={master.duration} onView={changeView} />
          </TransportBar>
          {stage.problem && (
            <p role="alert" className="shrink-0 border-t border-line bg-panel px-3 py-1 text-sm text-danger">
              {stage.problem}
            </p>
          )}
        </div>
        <Timeline
          comparison={comparison}
          findings={findings}
          master={master}
          player={player}
          view={view}
          onView={changeView}
          threshold={shownThreshold}
          frameRate={frameRateA}
          selected={selected}
          onSelect={(region) => {
            const edit = editOf(edits.all, region);
            if (edit) jump(edit);
          }}
          strips={strips}
          waveforms={waveforms}
          withSound={(media.a.video?.hasAudio ?? false) || (media.b.video?.hasAudio ?? false)}
          describe={describe}
        />
      </div>
      <aside className="flex shrink-0 flex-col border-l border-line bg-panel lg:min-h-0">
        {reviewing && <ReviewBar reviewing={reviewing} />}
        <Summary comparison={comparison} findings={findings} edits={edits.all.length} />
        <Sensitivity
          threshold={threshold}
          usual={usualThreshold(link.metric)}
          suggested={findings.suggestedThreshold}
          similarityPercent={findings.similarityPercent}
          onChange={setThreshold}
        />
        <SidePanel
          tab={tab}
          onTab={setTab}
          list={{
            edits: edits.all,
            frameRateA,
            frameRateB,
            order,
            onOrder: setOrder,
            filter: edits.filter,
            onFilter: edits.setFilter,
            selected,
            onSelect: jump,
            emptyText: comparison.complete ? "No edits at this threshold. Lower it to see smaller changes." : "Comparing…",
            marking: comparison.complete ? marking : undefined,
          }}
          notes={reviewing && { reviewing, player, master, frameRateA, frameRateB, writingAt, onWrite: write }}
        />
      </aside>
      <HelpDialog open={help} onClose={() => setHelp(false)} />
    </main>
  );
}

/** The video that an address names, by itself or by its embedding. Notes outlive a deleted one. */
function videoOf(name: string, { video }: Media): string | undefined {
  return name.startsWith("videos/") ? name : video?.name;
}
