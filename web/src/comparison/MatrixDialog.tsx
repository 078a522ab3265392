import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { compare } from "../api/clients";
import type { Problem } from "../api/errors";
import { recovering } from "../api/recovery";
import { Modality } from "../gen/sage/embed/v1/embed_pb";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { useSideTimecode } from "../media/useSourceStarts";
import { pairAt, pixelsOf, type Matrix, type Pair } from "./matrix";
import { useTexts } from "../texts/useTexts";

interface MatrixDialogProps {
  readonly a: string;
  readonly b: string;
  readonly engine: string;
  readonly frameRateA: number;
  readonly frameRateB: number;
  readonly at: Pair;
  readonly onGo: (pair: Pair) => void;
  readonly onClose: () => void;
}

const CELLS = 400;
/** A press of an arrow key moves by this share of a version. */
const STEP = 0.01;

/** How alike every part of A is to every part of B: repetitions and moves are seen at once. */
export function MatrixDialog(props: MatrixDialogProps) {
  const { a, b, engine, frameRateA, frameRateB, at, onGo, onClose } = props;
  const t = useTexts().comparison.matrix;
  const { matrix, problem } = useMatrix(a, b, engine);
  const timecodeA = useSideTimecode("a", frameRateA);
  const timecodeB = useSideTimecode("b", frameRateB);
  const [pair, setPair] = useState(at);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (!element || !matrix) return;
    element.width = matrix.columns;
    element.height = matrix.rows;
    element.getContext("2d")?.putImageData(new ImageData(pixelsOf(matrix), matrix.columns, matrix.rows), 0, 0);
  }, [matrix]);

  const point = (event: PointerEvent<HTMLElement>): Pair | undefined => {
    if (!matrix) return undefined;
    const box = event.currentTarget.getBoundingClientRect();
    return pairAt(matrix, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  const press = (event: KeyboardEvent): void => {
    if (!matrix) return;
    const { durationA, durationB } = matrix;
    const moves: Record<string, Pair> = {
      ArrowUp: { a: -STEP, b: 0 },
      ArrowDown: { a: STEP, b: 0 },
      ArrowLeft: { a: 0, b: -STEP },
      ArrowRight: { a: 0, b: STEP },
    };
    const by = moves[event.key];
    if (!by) return;
    event.preventDefault();
    setPair(pairAt(matrix, pair.b / durationB + by.b, pair.a / durationA + by.a));
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t.title}
      description={t.description}
      wide
    >
      {problem && <ProblemNote problem={problem} />}
      {!matrix && !problem && (
        <p role="status" className="text-sm text-dim">
          {t.working}
        </p>
      )}
      {matrix && (
        <>
          <button
            type="button"
            aria-label={t.spoken(timecodeA(pair.a), timecodeB(pair.b))}
            className="relative mx-auto block aspect-square w-[min(100%,58vh)] cursor-crosshair touch-none"
            onPointerMove={(event) => setPair(point(event) ?? pair)}
            onPointerDown={(event) => setPair(point(event) ?? pair)}
            onKeyDown={press}
            onClick={() => onGo(pair)}
          >
            <canvas ref={canvas} className="size-full [image-rendering:pixelated]" />
            <span className="absolute inset-y-0 w-px bg-white/80" style={{ left: `${(100 * pair.b) / matrix.durationB}%` }} />
            <span className="absolute inset-x-0 h-px bg-white/80" style={{ top: `${(100 * pair.a) / matrix.durationA}%` }} />
          </button>
          <p className="tc mt-2 text-center text-sm" aria-hidden="true">
            <span className="text-va">A {timecodeA(pair.a)}</span> · <span className="text-vb">B {timecodeB(pair.b)}</span>
          </p>
        </>
      )}
    </Dialog>
  );
}

function useMatrix(a: string, b: string, engine: string): { readonly matrix?: Matrix; readonly problem?: Problem } {
  const [found, setFound] = useState<{ readonly matrix?: Matrix; readonly problem?: Problem }>({});
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const read = async (): Promise<void> => {
      const request = { a, b, engine, modality: Modality.VISUAL, maxRows: CELLS, maxColumns: CELLS };
      const { rows, columns, values, durationA, durationB } = await compare.getSimilarityMatrix(request, { signal });
      if (!signal.aborted) setFound({ matrix: { rows, columns, values, durationA, durationB } });
    };
    void recovering(read, { signal, tell: (problem) => setFound({ problem }) });
    return () => abort.abort();
  }, [a, b, engine]);
  return found;
}
