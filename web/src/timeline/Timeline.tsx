import { useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import type { Edit } from "../domain/edits";
import type { Findings } from "../domain/findings";
import { useTexts } from "../texts/useTexts";
import { regionKey, type Comparison, type Region } from "../domain/model";
import type { PlayerController } from "../player/controller";
import { useWidth } from "../ui/useWidth";
import { DistanceGraph } from "./DistanceGraph";
import { LAID_HEIGHT, LaidLane } from "./LaidLane";
import type { LaidItem } from "./laidOver";
import { LaneNames } from "./LaneNames";
import { LoopBand } from "./LoopBand";
import type { MasterTimeline } from "../domain/masterTimeline";
import { MoveMarks } from "./MoveMarks";
import { Playhead } from "./Playhead";
import { RegionLane } from "./RegionLane";
import { REMARK_HEIGHT, RemarkLane } from "./RemarkLane";
import { Ruler } from "./Ruler";
import { Track, trackHeight } from "./Track";
import type { Filmstrip } from "./useFilmstrip";
import { useLanes } from "./useLanes";
import { useTimelineWheel } from "./useTimelineWheel";
import { waveformGain, type Waveform } from "./waveform";
import { followView, timeAtShare, type View } from "./zoom";

interface TimelineProps {
  readonly comparison: Comparison;
  readonly findings: Findings;
  readonly master: MasterTimeline;
  readonly player: PlayerController;
  readonly view: View;
  readonly onView: (change: (view: View) => View) => void;
  readonly threshold: number;
  readonly frameRate: number;
  readonly selected: Edit | undefined;
  readonly onSelect: (region: Region) => void;
  readonly videos: { readonly a: string | undefined; readonly b: string | undefined };
  readonly strips: { readonly a: Filmstrip | undefined; readonly b: Filmstrip | undefined };
  readonly waveforms: { readonly a: Waveform | undefined; readonly b: Waveform | undefined };
  readonly withSound: boolean;
  /** What is laid over it. */
  readonly markers: readonly LaidItem[];
  readonly onUnlay: () => void;
  readonly describe: (time: number) => string;
}

/** Both versions on one axis, with every difference marked and the distances below. */
export function Timeline(props: TimelineProps) {
  const { comparison, findings, master, player, view, onView, threshold, frameRate, selected } = props;
  const { timeline: t, domain } = useTexts();
  const { ref, width } = useWidth();
  const surface = useRef<HTMLDivElement>(null);

  useEffect(
    () =>
      player.onTime((time) => {
        if (player.snapshot().playing) onView((before) => followView(before, master.duration, time));
      }),
    [player, master, onView],
  );

  useTimelineWheel(surface, master.duration, onView);

  const scrub = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.type === "pointerdown") {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
    } else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(timeAtShare(view, (event.clientX - box.left) / box.width));
  };

  const lanes = useLanes(comparison, findings, master);
  const [hovered, setHovered] = useState<string>();
  const selectedKeys = useMemo(() => new Set(selected?.regions.map(regionKey)), [selected]);
  const activeKeys = hovered === undefined ? selectedKeys : new Set([...selectedKeys, hovered]);
  const { waveforms, withSound } = props;
  const gain = useMemo(() => waveformGain([waveforms.a, waveforms.b]), [waveforms.a, waveforms.b]);
  const height = trackHeight(withSound);

  return (
    <section aria-label={t.name} className="flex min-h-0 border-t border-line bg-panel">
      <LaneNames
        lanes={[
          { id: "a", height: height + 1, content: <strong className="tc text-va">A</strong> },
          { id: "b", height: height + 1, content: <strong className="tc text-vb">B</strong> },
          ...(props.markers.length > 0 ? [{ id: "markers", height: LAID_HEIGHT + 1, content: t.lanes.markers }] : []),
          ...lanes.regions.map(({ modality }) => ({ id: modality, height: 25, content: domain.modalities[modality] })),
          ...lanes.remarks.map(({ name }) => ({ id: name, height: REMARK_HEIGHT + 1, content: name })),
          ...lanes.graphs.map(({ modality }) => ({
            id: `${modality} distance`,
            height: 57,
            content: lanes.graphs.length > 1 ? t.lanes.distanceOf(domain.modalities[modality]) : t.lanes.distance,
          })),
        ]}
      />
      <div
        ref={(element) => {
          surface.current = element;
          const stop = ref(element);
          return () => {
            surface.current = null;
            stop?.();
          };
        }}
        data-testid="timeline"
        className="relative min-w-0 flex-1 touch-none overflow-hidden"
        onPointerDown={scrub}
        onPointerMove={scrub}
      >
        <Ruler view={view} width={width} frameRate={frameRate} />
        <LoopBand player={player} view={view} width={width} />
        <div className="relative space-y-px">
          {(["a", "b"] as const).map((side) => (
            <Track
              key={side}
              side={side}
              video={props.videos[side]}
              duration={side === "a" ? comparison.durationA : comparison.durationB}
              master={master}
              view={view}
              width={width}
              strip={props.strips[side]}
              waveform={props.waveforms[side]}
              gain={gain}
              withSound={withSound}
            />
          ))}
          {lanes.moves.length > 0 && (
            <MoveMarks moves={lanes.moves} view={view} width={width} trackHeight={height} activeKeys={activeKeys} />
          )}
          {props.markers.length > 0 && (
            <LaidLane items={props.markers} view={view} width={width} onGo={(time) => player.seek(time)} onRemove={props.onUnlay} />
          )}
          {lanes.regions.map(({ modality, placed }) => (
            <RegionLane
              key={modality}
              placed={placed}
              view={view}
              width={width}
              selectedKeys={selectedKeys}
              onSelect={props.onSelect}
              onHover={(region) => setHovered(region && regionKey(region))}
            />
          ))}
          {lanes.remarks.map(({ name, lang, remarks }) => (
            <RemarkLane key={name} remarks={remarks} lang={lang} view={view} width={width} />
          ))}
          {lanes.graphs.map(({ modality, steps }) => (
            <DistanceGraph
              key={modality}
              label={t.segmentDistances(domain.modalities[modality])}
              steps={steps}
              view={view}
              width={width}
              threshold={threshold}
            />
          ))}
        </div>
        <Playhead player={player} view={view} width={width} frameRate={frameRate} describe={props.describe} />
      </div>
    </section>
  );
}
