import { duration } from "../time/timecode";
import type { KindCount } from "./findings";
import { KIND_LOOKS, MODALITY_WORDS } from "./kinds";
import { KindSwatch } from "./KindSwatch";
import type { Modality } from "./model";

interface KindTableProps {
  readonly counts: readonly KindCount[];
  readonly modalities: readonly Modality[];
}

/** How often and how long each kind of difference occurs, in the picture and in the sound. */
export function KindTable({ counts, modalities }: KindTableProps) {
  return (
    <table className="mt-2 w-full text-sm">
      <caption className="sr-only">Differences by kind</caption>
      <thead>
        <tr className="text-xs text-faint">
          <th scope="col" className="text-left font-normal">
            <span className="sr-only">Kind</span>
          </th>
          {modalities.map((modality) => (
            <th key={modality} scope="col" className="text-right font-normal">
              {MODALITY_WORDS[modality]}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {counts.map(({ kind, found }) => (
          <tr key={kind} title={KIND_LOOKS[kind].meaning}>
            <th scope="row" className="py-px font-normal">
              <span className="flex items-center gap-2">
                <KindSwatch kind={kind} /> {KIND_LOOKS[kind].word}
              </span>
            </th>
            {modalities.map((modality) => {
              const total = found.find((entry) => entry.modality === modality);
              return (
                <td key={modality} className="tc text-right">
                  {total ? (
                    <>
                      {total.count} <span className="text-xs text-faint">/ {duration(total.seconds)}</span>
                    </>
                  ) : (
                    <span className="text-faint">–</span>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
