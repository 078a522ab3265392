import type { Kind } from "../domain/model";
import { useTexts } from "../texts/useTexts";

/** A kind's mark: its colour, its pattern and its letter. The word stands beside it. */
export function KindSwatch({ kind }: { readonly kind: Kind }) {
  const { kinds } = useTexts().domain;
  return (
    <span data-kind={kind} className="kind-fill grid h-[18px] w-6 shrink-0 place-items-center" aria-hidden="true">
      <span className="kind-ink tc bg-panel px-[2px] text-xs leading-[13px] font-bold">
        {kinds[kind].letter}
      </span>
    </span>
  );
}
