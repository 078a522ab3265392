import { useEffect, useRef, useSyncExternalStore, type ReactNode } from "react";
import type { Action, ActionContext } from "../actions/action";
import { ActionButton } from "../actions/ActionButton";
import { ACTIONS } from "../actions/actions";
import { timecode } from "../time/timecode";
import { Icon } from "../ui/Icon";
import { Segmented } from "../ui/Segmented";
import type { PlayerController } from "../player/controller";
import { SpeedSelect } from "./SpeedSelect";
import { useTexts } from "../texts/useTexts";

interface TransportBarProps {
  readonly context: ActionContext;
  readonly frameRate: number;
  readonly children: ReactNode;
}

/** Play, step, jump, listen: the transport of both players. */
export function TransportBar({ context, frameRate, children }: TransportBarProps) {
  const t = useTexts().comparison.transport;
  const { player } = context;
  const state = useSyncExternalStore(player.subscribe, player.snapshot);
  const button = (action: Action, icon: ReactNode, extra: { label?: string; pressed?: boolean } = {}) => (
    <ActionButton action={action} context={context} {...extra}>
      {icon}
    </ActionButton>
  );
  return (
    <div role="toolbar" aria-label={t.name} className="flex min-h-10 shrink-0 flex-wrap items-center gap-1 border-t border-line bg-panel px-2">
      <MasterTimecode player={player} frameRate={frameRate} />
      <span className="mx-2 h-5 w-px bg-line" />
      {button(ACTIONS.previous, <><Icon name="previous" size={13} /><DiffGlyph /></>)}
      {button(ACTIONS.frameBack, <Icon name="stepBack" size={14} />)}
      {button(ACTIONS.toggle, <Icon name={state.playing ? "pause" : "play"} size={17} />, {
        label: state.playing ? t.pause : t.play,
      })}
      {button(ACTIONS.frameOn, <Icon name="stepForward" size={14} />)}
      {button(ACTIONS.next, <><DiffGlyph /><Icon name="next" size={13} /></>)}
      {button(ACTIONS.loop, <Icon name="loop" />, { pressed: state.loop !== undefined })}
      <SpeedSelect pace={state.pace} onPace={(pace) => player.setPace(pace)} />
      <span className="tc w-8 text-center text-sm text-faint">
        {state.playing && state.speed !== state.pace ? t.times(state.speed) : ""}
      </span>
      <span className="mr-1 ml-1 text-xs text-faint">{t.listen}</span>
      <Segmented
        label={t.listenTo}
        value={state.listen}
        onChange={(listen) => player.setListen(listen)}
        choices={[
          { value: "a", label: t.listenToA, content: <strong className="tc text-va">A</strong> },
          { value: "b", label: t.listenToB, content: <strong className="tc text-vb">B</strong> },
          { value: "off", label: t.soundOff, content: t.off },
        ]}
      />
      <span className="mx-2 h-5 w-px bg-line" />
      {children}
      {button(ACTIONS.zoomOut, <Icon name="zoomOut" />)}
      {button(ACTIONS.zoomIn, <Icon name="zoomIn" />)}
      {button(ACTIONS.fit, <Icon name="fit" />)}
      {button(ACTIONS.matrix, <Icon name="matrix" />)}
      {button(ACTIONS.help, <span className="tc">?</span>)}
    </div>
  );
}

function DiffGlyph() {
  return <span aria-hidden="true" className="h-3 w-[5px] border border-current bg-current/40" />;
}

function MasterTimecode({ player, frameRate }: { player: PlayerController; frameRate: number }) {
  const { masterTime } = useTexts().comparison.transport;
  const output = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      player.onTime((time) => {
        if (output.current) output.current.textContent = timecode(time, frameRate);
      }),
    [player, frameRate],
  );
  return (
    <span ref={output} data-testid="master-timecode" className="tc px-1 text-[1.0625rem] font-semibold" title={masterTime} />
  );
}
