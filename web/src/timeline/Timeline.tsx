import { useEffect, useMemo, useRef, type PointerEvent, type ReactNode } from "react";
import type { Edit } from "../comparison/edits";
import type { Findings } from "../comparison/findings";
import { MODALITY_WORDS } from "../comparison/kinds";
import { isDifference, regionKey, type Comparison, type Region } from "../comparison/model";
import type { PlayerController } from "../player/controller";
import { useWidth } from "../ui/useWidth";
import { DistanceGraph } from "./DistanceGraph";
import { graphSteps } from "./graph";
import { spanOf, type MasterTimeline } from "./masterTimeline";
import { Playhead } from "./Playhead";
import { RegionLane } from "./RegionLane";
import { Ruler } from "./Ruler";
import { Track, trackHeight } from "./Track";
import type { Filmstrip } from "./useFilmstrip";
import { waveformGain, type Waveform } from "./waveform";
import { followView, panView, timeAtShare, zoomView, type View } from "./zoom";

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
  readonly strips: { readonly a: Filmstrip | undefined; readonly b: Filmstrip | undefined };
  readonly waveforms: { readonly a: Waveform | undefined; readonly b: Waveform | undefined };
  readonly withSound: boolean;
  readonly describe: (time: number) => string;
}

/** Both versions on one axis, with every difference marked and the distances below. */
export function Timeline(props: TimelineProps) {
  const { comparison, findings, master, player, view, onView, threshold, frameRate, selected } = props;
  const { ref, width } = useWidth();
  const surface = useRef<HTMLDivElement>(null);

  useEffect(
    () =>
      player.onTime((time) => {
        if (player.snapshot().playing) onView((before) => followView(before, master.duration, time));
      }),
    [player, master, onView],
  );

  // React listens to wheels passively; zooming has to keep the page still.
  useEffect(() => {
    const element = surface.current;
    if (!element) return undefined;
    const wheel = (event: WheelEvent): void => {
      const box = element.getBoundingClientRect();
      event.preventDefault();
      if (event.ctrlKey || event.metaKey || event.altKey) {
        const share = (event.clientX - box.left) / box.width;
        onView((before) =>
          zoomView(before, master.duration, Math.exp(-event.deltaY / 250), timeAtShare(before, share)),
        );
      } else {
        const pixels = event.deltaX || event.deltaY;
        onView((before) => panView(before, master.duration, (pixels / box.width) * (before.end - before.start)));
      }
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [master, onView]);

  const scrub = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.type === "pointerdown") {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
    } else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(timeAtShare(view, (event.clientX - box.left) / box.width));
  };

  const lanes = useMemo(
    () =>
      findings.tracks.map((track) => ({
        modality: track.modality,
        placed: track.regions
          .filter(isDifference)
          .map((region) => ({ region, stretch: spanOf(master, region) })),
      })),
    [findings, master],
  );
  const selectedKeys = useMemo(() => new Set(selected?.regions.map(regionKey)), [selected]);
  const { waveforms, withSound } = props;
  const gain = useMemo(() => waveformGain([waveforms.a, waveforms.b]), [waveforms.a, waveforms.b]);
  const graphs = useMemo(
    () =>
      comparison.tracks.map((track) => ({
        modality: track.modality,
        steps: graphSteps(track.segments, master),
      })),
    [comparison, master],
  );

  return (
    <section aria-label="Timeline" className="flex min-h-0 border-t border-line bg-panel">
      <div className="w-[72px] shrink-0 border-r border-line pt-5 text-xs text-dim select-none" aria-hidden="true">
        <LaneName height={trackHeight(withSound) + 1}><strong className="tc text-va">A</strong></LaneName>
        <LaneName height={trackHeight(withSound) + 1}><strong className="tc text-vb">B</strong></LaneName>
        {lanes.map(({ modality }) => (
          <LaneName key={modality} height={25}>{MODALITY_WORDS[modality]}</LaneName>
        ))}
        {graphs.map(({ modality }) => (
          <LaneName key={modality} height={57}>
            {graphs.length > 1 ? `${MODALITY_WORDS[modality]} distance` : "Distance"}
          </LaneName>
        ))}
      </div>
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
        <div className="space-y-px">
          {(["a", "b"] as const).map((side) => (
            <Track
              key={side}
              side={side}
              master={master}
              view={view}
              width={width}
              strip={props.strips[side]}
              waveform={props.waveforms[side]}
              gain={gain}
              withSound={withSound}
            />
          ))}
          {lanes.map(({ modality, placed }) => (
            <RegionLane
              key={modality}
              placed={placed}
              view={view}
              width={width}
              selectedKeys={selectedKeys}
              onSelect={props.onSelect}
            />
          ))}
          {graphs.map(({ modality, steps }) => (
            <DistanceGraph
              key={modality}
              label={`Distance of each segment, ${MODALITY_WORDS[modality].toLowerCase()}`}
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

function LaneName({ height, children }: { readonly height: number; readonly children: ReactNode }) {
  return (
    <div className="flex items-center justify-end pr-2 text-right leading-tight" style={{ height }}>
      {children}
    </div>
  );
}
