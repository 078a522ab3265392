import { useEffect, useRef, useSyncExternalStore, type ReactNode } from "react";
import { shortcutOf, type Action, type ActionContext } from "../actions/action";
import { ACTIONS } from "../actions/actions";
import { timecode } from "../time/timecode";
import { IconButton } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Segmented } from "../ui/Segmented";
import type { PlayerController } from "./controller";
import { SpeedSelect } from "./SpeedSelect";
import type { ViewerLayout } from "./Viewer";

interface TransportBarProps {
  readonly context: ActionContext;
  readonly frameRate: number;
  readonly layout: ViewerLayout;
  readonly onLayout: (layout: ViewerLayout) => void;
  readonly children: ReactNode;
}

/** Play, step, jump, listen: the transport of both players. */
export function TransportBar({ context, frameRate, layout, onLayout, children }: TransportBarProps) {
  const { player } = context;
  const state = useSyncExternalStore(player.subscribe, player.snapshot);
  const button = (action: Action, icon: ReactNode, extra: { label?: string; pressed?: boolean } = {}) => (
    <IconButton
      label={extra.label ?? action.label}
      shortcut={shortcutOf(action)}
      pressed={extra.pressed}
      disabled={action.enabled?.(context) === false}
      onClick={() => action.run(context)}
    >
      {icon}
    </IconButton>
  );
  return (
    <div role="toolbar" aria-label="Playing" className="flex min-h-10 shrink-0 flex-wrap items-center gap-1 border-t border-line bg-panel px-2">
      <MasterTimecode player={player} frameRate={frameRate} />
      <span className="mx-2 h-5 w-px bg-line" />
      {button(ACTIONS.previous, <><Icon name="previous" size={13} /><DiffGlyph /></>)}
      {button(ACTIONS.frameBack, <Icon name="stepBack" size={14} />)}
      {button(ACTIONS.toggle, <Icon name={state.playing ? "pause" : "play"} size={17} />, {
        label: state.playing ? "Pause" : "Play",
      })}
      {button(ACTIONS.frameOn, <Icon name="stepForward" size={14} />)}
      {button(ACTIONS.next, <><DiffGlyph /><Icon name="next" size={13} /></>)}
      {button(ACTIONS.loop, <Icon name="loop" />, { pressed: state.loop !== undefined })}
      <SpeedSelect pace={state.pace} onPace={(pace) => player.setPace(pace)} />
      <span className="tc w-8 text-center text-sm text-faint">
        {state.playing && state.speed !== state.pace ? `${state.speed}×` : ""}
      </span>
      <span className="mr-1 ml-1 text-xs text-faint">Listen</span>
      <Segmented
        label="Listen to"
        value={state.listen}
        onChange={(listen) => player.setListen(listen)}
        choices={[
          { value: "a", label: "Listen to A", content: <strong className="tc text-va">A</strong> },
          { value: "b", label: "Listen to B", content: <strong className="tc text-vb">B</strong> },
          { value: "off", label: "Sound off", content: "off" },
        ]}
      />
      <span className="mr-1 ml-3 text-xs text-faint">Show</span>
      <Segmented
        label="Show the pictures"
        value={layout}
        onChange={onLayout}
        choices={[
          { value: "side", label: "Side by side", content: <PairGlyph kind="side" /> },
          { value: "wipe", label: "Wipe", content: <PairGlyph kind="wipe" /> },
          { value: "difference", label: "Difference of the pictures", content: <PairGlyph kind="difference" /> },
        ]}
      />
      {button(ACTIONS.still, <Icon name="still" />)}
      {button(ACTIONS.fullScreen, <Icon name="fullScreen" />)}
      <span className="mx-2 h-5 w-px bg-line" />
      {children}
      {button(ACTIONS.zoomOut, <Icon name="zoomOut" />)}
      {button(ACTIONS.zoomIn, <Icon name="zoomIn" />)}
      {button(ACTIONS.fit, <Icon name="fit" />)}
      {button(ACTIONS.help, <span className="tc">?</span>)}
    </div>
  );
}

const PAIRS: Record<ViewerLayout, string> = {
  side: "M1 4h6v8H1zM9 4h6v8H9z",
  wipe: "M1 3h14v10H1zM8 1v14",
  difference: "M1 2h9v8H1zM6 6h9v8H6z",
};

function PairGlyph({ kind }: { readonly kind: ViewerLayout }) {
  return (
    <svg viewBox="0 0 16 16" width={15} height={15} fill="none" stroke="currentColor" strokeWidth={1.3} aria-hidden="true">
      <path d={PAIRS[kind]} />
      {kind === "wipe" && <path d="M8.5 3.5h6v9h-6z" fill="currentColor" />}
      {kind === "difference" && <path d="M6 6h4v4H6z" fill="currentColor" />}
    </svg>
  );
}

function DiffGlyph() {
  return <span aria-hidden="true" className="h-3 w-[5px] border border-current bg-current/40" />;
}

function MasterTimecode({ player, frameRate }: { player: PlayerController; frameRate: number }) {
  const output = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      player.onTime((time) => {
        if (output.current) output.current.textContent = timecode(time, frameRate);
      }),
    [player, frameRate],
  );
  return (
    <span ref={output} data-testid="master-timecode" className="tc px-1 text-[1.0625rem] font-semibold" title="Time on the edit timeline" />
  );
}
