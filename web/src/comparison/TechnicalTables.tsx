import { SubtitleDifference_Kind as Kind, TechnicalSeverity, type SubtitleDifference, type TechnicalRow } from "../gen/sage/compare/v1/technical_pb";
import { clock } from "../time/timecode";
import { classes } from "../ui/classes";
import { placeOf, SEVERITY_WORDS, TEXT_WORDS, verdictOf, type TechnicalTable } from "./technical";

/** What differs in the files themselves; what is the same is folded away. */
export function TechnicalTables({ table, reading }: { readonly table: TechnicalTable; readonly reading: boolean }) {
  return (
    <>
      <p className="mb-2 text-sm font-medium">{verdictOf(table)}</p>
      {reading ? (
        <p role="status" className="mb-2 text-sm text-dim">
          Reading the files for loudness and texts of subtitles…
        </p>
      ) : (
        table.notes.map((note) => (
          <p key={note} className="mb-2 text-sm text-dim">
            {note}
          </p>
        ))
      )}
      {table.differing.length > 0 && <Rows caption="Properties that differ" rows={table.differing} />}
      {table.texts.length > 0 && <Texts texts={table.texts} more={table.moreTexts} />}
      {table.same.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-sm text-dim">
            {table.same.length === 1 ? "1 property is the same" : `${table.same.length} properties are the same`}
          </summary>
          <Rows caption="Properties that are the same" rows={table.same} />
        </details>
      )}
    </>
  );
}

function Rows({ caption, rows }: { readonly caption: string; readonly rows: readonly TechnicalRow[] }) {
  return (
    <table className="mt-1 w-full table-fixed text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-b border-line text-left text-xs text-faint">
          <th scope="col" className="w-[34%] py-1 font-normal">
            Property
          </th>
          <th scope="col" className="font-normal text-va">
            A
          </th>
          <th scope="col" className="font-normal text-vb">
            B
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Property key={`${row.group} ${row.track} ${row.name}`} row={row} />
        ))}
      </tbody>
    </table>
  );
}

/** Two rows: the values, and below them what the difference means. */
function Property({ row }: { readonly row: TechnicalRow }) {
  return (
    <>
      <tr className="border-t border-line align-top">
        <th scope="row" rowSpan={row.meaning ? 2 : 1} className="py-1 pr-2 text-left font-normal">
          {row.name}
          <span className="block text-xs text-faint">
            {placeOf(row)}
            {!row.same && (
              <span className={classes(row.severity === TechnicalSeverity.IMPORTANT && "text-danger")}>
                {` · ${SEVERITY_WORDS[row.severity]}`}
              </span>
            )}
          </span>
        </th>
        {row.same ? (
          <td colSpan={2} className="tc py-1 break-words">
            {row.a}
          </td>
        ) : (
          [row.a, row.b].map((value, side) => (
            <td key={side} className="tc pt-1 pr-2 break-words">
              {value || <span className="text-faint">–</span>}
            </td>
          ))
        )}
      </tr>
      {row.meaning && (
        <tr>
          <td colSpan={2} className="pb-1 text-xs text-dim">
            {row.meaning}
          </td>
        </tr>
      )}
    </>
  );
}

function Texts({ texts, more }: { readonly texts: readonly SubtitleDifference[]; readonly more: number }) {
  return (
    <section aria-label="Texts of subtitles that differ" className="mt-4">
      <h3 className="text-xs font-semibold text-faint">Texts of subtitles</h3>
      <ul className="mt-1 max-h-72 overflow-y-auto">
        {texts.map((text, index) => (
          <li key={index} className="grid grid-cols-[7rem_1fr_1fr] gap-x-2 border-b border-line py-1 text-sm">
            <span className="text-xs text-faint">
              {TEXT_WORDS[text.kind]}
              {text.track && <span className="block">{text.track}</span>}
            </span>
            <Side start={text.aStart} text={text.kind === Kind.ONLY_IN_B ? "" : text.aText} />
            <Side start={text.bStart} text={text.kind === Kind.ONLY_IN_A ? "" : text.bText} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-1 text-sm text-dim">{more} more texts differ.</p>}
    </section>
  );
}

function Side({ start, text }: { readonly start: number | undefined; readonly text: string }) {
  return (
    <span className="whitespace-pre-line">
      {start !== undefined && <span className="tc block text-xs text-dim">{clock(start)}</span>}
      {text}
    </span>
  );
}
