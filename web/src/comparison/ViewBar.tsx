import type { ReactNode } from "react";
import type { Action, ActionContext } from "../actions/action";
import { ActionButton } from "../actions/ActionButton";
import { ACTIONS } from "../actions/actions";
import { Icon } from "../ui/Icon";
import { Segmented } from "../ui/Segmented";
import { Slider } from "../ui/Slider";
import { FALSE_COLOUR_GRADIENT } from "../player/falseColour";
import type { ViewControl } from "../player/useViewing";
import { GAINS, type ViewerLayout, type Viewing } from "../player/viewing";
import { useTexts } from "../texts/useTexts";

interface ViewBarProps {
  readonly context: ActionContext;
  readonly viewing: Viewing;
  readonly control: ViewControl;
  /** Whether the comparison found B's picture elsewhere in A's. */
  readonly framed: boolean;
}

/** How both pictures are looked at: layout, what belongs to it, zoom. */
export function ViewBar({ context, viewing, control, framed }: ViewBarProps) {
  const t = useTexts().comparison.view;
  const { layout, lens, pixels } = viewing;
  const button = (action: Action, content: ReactNode, pressed?: boolean) => (
    <ActionButton action={action} context={context} pressed={pressed}>
      {content}
    </ActionButton>
  );
  return (
    <div role="toolbar" aria-label={t.name} className="flex min-h-9 shrink-0 flex-wrap items-center gap-1 border-t border-line bg-panel px-2">
      <Segmented
        label={t.layout}
        value={layout}
        onChange={(next) => control.change({ layout: next })}
        choices={LAYOUTS.map((value) => ({ value, label: t.layouts[value], content: <PairGlyph layout={value} /> }))}
      />
      {button(ACTIONS.blink, "A/B", viewing.blink !== undefined)}
      <LayoutOptions viewing={viewing} control={control} />
      {framed && layout !== "side" && button(ACTIONS.align, t.align, viewing.aligned)}
      <span className="ml-auto" />
      {button(ACTIONS.outlines, <Icon name="outline" />, viewing.outlines)}
      {button(ACTIONS.pictureWider, <Icon name="zoomOut" />)}
      <output aria-label={t.size} className="tc w-12 text-center text-xs text-dim">
        {t.percent(Math.round((100 * lens.zoom) / pixels))}
      </output>
      {button(ACTIONS.pictureCloser, <Icon name="zoomIn" />)}
      {button(ACTIONS.pictureFit, t.fit, lens.zoom === 1)}
      {button(ACTIONS.pixelByPixel, "1:1")}
      <span className="mx-1 h-5 w-px bg-line" />
      {button(ACTIONS.still, <Icon name="still" />)}
      {button(ACTIONS.fullScreen, <Icon name="fullScreen" />)}
    </div>
  );
}

const LAYOUTS: readonly ViewerLayout[] = ["side", "wipe", "overlay", "difference"];

/** What only one layout has. */
function LayoutOptions({ viewing, control }: Pick<ViewBarProps, "viewing" | "control">) {
  const { comparison: { view: t, transport } } = useTexts();
  const { layout, opacity, gain, falseColours } = viewing;
  if (layout === "overlay") {
    return (
      <Labelled name={t.opacity} value={t.percent(opacity)}>
        <Slider
          label={t.opacity}
          value={opacity}
          min={0}
          max={100}
          step={1}
          valueText={t.opacitySpoken(opacity)}
          onChange={(next) => control.change({ opacity: next })}
        />
      </Labelled>
    );
  }
  if (layout !== "difference") return null;
  const step = GAINS.findIndex((known) => known === gain);
  return (
    <>
      <Labelled name={t.gain} value={transport.times(gain)}>
        <Slider
          label={t.gain}
          value={step}
          min={0}
          max={GAINS.length - 1}
          step={1}
          valueText={t.gainSpoken(gain)}
          onChange={(next) => control.change({ gain: GAINS[next] ?? gain })}
        />
      </Labelled>
      <label className="ml-2 flex items-center gap-1.5 text-sm text-dim">
        <input
          type="checkbox"
          checked={falseColours}
          onChange={(event) => control.change({ falseColours: event.target.checked })}
        />
        {t.falseColours}
      </label>
      {falseColours && (
        <span className="tc ml-1 flex items-center gap-1 text-xs text-dim" title={t.scale}>
          0 <span aria-hidden="true" className="h-2.5 w-20 border border-line" style={{ background: FALSE_COLOUR_GRADIENT }} />
          {Math.round(255 / gain)}
          <span className="sr-only">{t.scaleEnd}</span>
        </span>
      )}
    </>
  );
}

function Labelled({ name, value, children }: { readonly name: string; readonly value: string; readonly children: ReactNode }) {
  return (
    <span className="ml-2 flex items-center gap-2 text-sm text-dim">
      <span aria-hidden="true">{name}</span>
      <span className="w-28">{children}</span>
      <span aria-hidden="true" className="tc w-11">
        {value}
      </span>
    </span>
  );
}

const PAIRS: Record<ViewerLayout, string> = {
  side: "M1 4h6v8H1zM9 4h6v8H9z",
  wipe: "M1 3h14v10H1zM8 1v14",
  overlay: "M1 2h9v8H1zM6 6h9v8H6z",
  difference: "M1 3h14v10H1zM5 3v10M11 3v10",
};

function PairGlyph({ layout }: { readonly layout: ViewerLayout }) {
  return (
    <svg viewBox="0 0 16 16" width={15} height={15} fill="none" stroke="currentColor" strokeWidth={1.3} aria-hidden="true">
      <path d={PAIRS[layout]} />
      {layout === "wipe" && <path d="M8.5 3.5h6v9h-6z" fill="currentColor" />}
      {layout === "overlay" && <path d="M6 6h9v8H6z" fill="currentColor" fillOpacity={0.5} />}
      {layout === "difference" && <path d="M5.5 3.5h5v9h-5z" fill="currentColor" />}
    </svg>
  );
}
