import { MarkButtons } from "../review/MarkButtons";
import type { Decision } from "../review/marks";
import { duration, timecode } from "../time/timecode";
import { classes } from "../ui/classes";
import { measuresOf, whereOf, type Edit } from "../domain/edits";
import { useTexts } from "../texts/useTexts";
import { KindSwatch } from "./KindSwatch";
import { regionLength } from "../domain/model";
import { useSideTimecode } from "../media/useSourceStarts";
import type { EditPicture } from "./useEditPictures";

interface EditRowProps {
  readonly edit: Edit;
  /** In root ems. */
  readonly height: number;
  /** Which one of how many it is. */
  readonly position: { readonly "aria-setsize": number; readonly "aria-posinset": number };
  readonly pictureA: EditPicture | undefined;
  readonly pictureB: EditPicture | undefined;
  readonly frameRateA: number;
  readonly frameRateB: number;
  readonly selected: boolean;
  readonly onSelect: (edit: Edit) => void;
  readonly decision: Decision;
  readonly onDecide: ((decision: Decision) => void) | undefined;
}

/** One edit: what it is, where it lies on both sides, how long it is. */
export function EditRow(props: EditRowProps) {
  const { edit, height, position, frameRateA, frameRateB, selected, onSelect, decision, onDecide } = props;
  const { comparison: { list: t }, domain } = useTexts();
  const { kind, lead } = edit;
  const { score, confidence } = measuresOf(edit);
  const measured = [score > 0 && t.score(score), confidence > 0 && t.sure(confidence * 100)]
    .filter(Boolean)
    .join(" · ");
  const { word } = domain.kinds[kind];
  return (
    <li
      {...position}
      data-kind={kind}
      data-testid="difference"
      style={{ height: `${height}rem` }}
      className={classes("grid overflow-hidden", onDecide && "grid-cols-[minmax(0,1fr)_auto]", decision.ignored && "opacity-50")}
    >
      <button
        type="button"
        aria-current={selected}
        // A click must not take the keyboard away from the transport.
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => onSelect(edit)}
        className={classes(
          "grid size-full min-h-0 grid-cols-[3.5rem_minmax(0,1fr)] content-center items-start gap-x-2 border-b border-line px-2 text-left focus-visible:-outline-offset-2",
          selected ? "bg-raised shadow-[inset_2px_0_0_var(--ink)]" : "hover:bg-raised/60",
        )}
      >
        <span className="grid gap-px">
          <Picture picture={props.pictureA} side="a" />
          <Picture picture={props.pictureB} side="b" />
        </span>
        <span className="min-w-0">
          <span className="flex items-center gap-1.5">
            <KindSwatch kind={kind} />
            <span className="kind-ink font-medium whitespace-nowrap">{word}</span>
            {kind === "RETIMED" && <span className="tc text-xs">{t.rate(lead.rate)}</span>}
            <span className="truncate text-xs text-faint">{whereOf(edit, domain)}</span>
            <span className="tc ml-auto shrink-0 text-sm whitespace-nowrap">{duration(regionLength(lead), frameRateA)}</span>
          </span>
          <span className="tc block text-xs whitespace-nowrap text-dim">
            <Range side="A" start={lead.aStart} end={lead.aEnd} frameRate={frameRateA} />
            <Range side="B" start={lead.bStart} end={lead.bEnd} frameRate={frameRateB} />
          </span>
          <span className="tc block truncate text-xs text-faint">{measured}</span>
        </span>
      </button>
      {onDecide && (
        <MarkButtons of={t.editAt(word, timecode(lead.aStart, frameRateA))} decision={decision} onDecide={onDecide} />
      )}
    </li>
  );
}

const PICTURE_EMS = { width: 3.5, height: 1.95 };

/** How an edit looks on one side, before or after. */
function Picture({ picture, side }: { readonly picture: EditPicture | undefined; readonly side: "a" | "b" }) {
  const { strip, index } = picture ?? {};
  const width = strip ? (PICTURE_EMS.height * strip.tileWidth) / strip.tileHeight : 0;
  return (
    <span
      aria-hidden="true"
      data-testid={`picture-${side}`}
      data-loaded={strip !== undefined}
      className={classes("grid place-items-center overflow-hidden border-l-2 bg-well", side === "a" ? "border-va" : "border-vb")}
      style={{ width: `${PICTURE_EMS.width}rem`, height: `${PICTURE_EMS.height}rem` }}
    >
      {strip && index !== undefined && (
        <span
          style={{
            width: `${width}rem`,
            height: `${PICTURE_EMS.height}rem`,
            backgroundImage: `url(${strip.url})`,
            backgroundPosition: `${-index * width}rem 0`,
            backgroundSize: `auto ${PICTURE_EMS.height}rem`,
          }}
        />
      )}
    </span>
  );
}

interface RangeProps {
  readonly side: "A" | "B";
  readonly start: number;
  readonly end: number;
  readonly frameRate: number;
}

function Range({ side, start, end, frameRate }: RangeProps) {
  const timecode = useSideTimecode(side === "A" ? "a" : "b", frameRate);
  const { cut } = useTexts().comparison.list;
  const tone = side === "A" ? "text-va" : "text-vb";
  return (
    <span className="block">
      <span className={`${tone} font-bold`}>{side}</span> {timecode(start)}
      {end > start ? `–${timecode(end)}` : cut}
    </span>
  );
}
