import { KIND_LOOKS } from "./kinds";
import type { Kind } from "./model";

/** A kind's mark: its colour, its pattern and its letter. The word stands beside it. */
export function KindSwatch({ kind }: { readonly kind: Kind }) {
  return (
    <span data-kind={kind} className="kind-fill grid h-[18px] w-6 shrink-0 place-items-center" aria-hidden="true">
      <span className="kind-ink tc bg-panel px-[2px] text-[10px] leading-[11px] font-bold">
        {KIND_LOOKS[kind].letter}
      </span>
    </span>
  );
}
