import type { ReactNode, RefObject } from "react";
import type { ActionContext } from "../actions/action";
import type { Comparison } from "../domain/model";
import type { Media } from "../media/useMedia";
import { useBox } from "../player/useBox";
import { Viewer } from "../player/Viewer";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { TransportBar } from "./TransportBar";
import { ViewBar } from "./ViewBar";
import { useTexts } from "../texts/useTexts";

interface StageProps {
  /** What fills the screen when that is asked for. */
  readonly element: RefObject<HTMLDivElement | null>;
  readonly context: ActionContext;
  readonly comparison: Comparison;
  readonly media: { readonly a: Media; readonly b: Media };
  readonly frameRate: number;
  /** Why a still could not be saved. */
  readonly problem: string | undefined;
  readonly onStart: (side: "a" | "b", start: string) => void;
  /** Beside the transport. */
  readonly children: ReactNode;
}

/** Both pictures with everything that moves them. */
export function Stage({ element, context, comparison, media, frameRate, problem, onStart, children }: StageProps) {
  const { panes } = useTexts().comparison;
  const { player, viewing, view } = context;
  const box = useBox(player, comparison);
  const map = comparison.looks.find((look) => look.pictureMap)?.pictureMap;
  return (
    <div ref={element} className="flex min-h-0 min-w-0 flex-1 flex-col bg-ground">
      <ErrorBoundary name={panes.pictures}>
        <Viewer viewing={viewing} control={view} media={media} player={player} box={box} map={map} onStart={onStart} />
      </ErrorBoundary>
      <ErrorBoundary name={panes.viewBar}>
        <ViewBar context={context} viewing={viewing} control={view} framed={map !== undefined} />
      </ErrorBoundary>
      <ErrorBoundary name={panes.transport}>
        <TransportBar context={context} frameRate={frameRate}>
          {children}
        </TransportBar>
      </ErrorBoundary>
      {problem && (
        <p role="alert" className="shrink-0 border-t border-line bg-panel px-3 py-1 text-sm text-danger">
          {problem}
        </p>
      )}
    </div>
  );
}
