import { SubtitleDifference_Kind as Kind, TechnicalSeverity, type SubtitleDifference, type TechnicalRow } from "../gen/sage/compare/v1/technical_pb";
import { clock } from "../time/timecode";
import { classes } from "../ui/classes";
import { placeOf, severityOf, textKindOf, verdictOf, type TechnicalTable } from "./technical";
import { SERVICE_LANGUAGE } from "../texts/language";
import { useTexts } from "../texts/useTexts";

/** What differs in the files themselves; what is the same is folded away. */
export function TechnicalTables({ table, reading }: { readonly table: TechnicalTable; readonly reading: boolean }) {
  const t = useTexts().comparison.technical;
  return (
    <>
      <p className="mb-2 text-sm font-medium">{verdictOf(table)}</p>
      {reading ? (
        <p role="status" className="mb-2 text-sm text-dim">
          {t.readingOn}
        </p>
      ) : (
        table.notes.map((note) => (
          <p key={note} lang={SERVICE_LANGUAGE} className="mb-2 text-sm text-dim">
            {note}
          </p>
        ))
      )}
      {table.differing.length > 0 && <Rows caption={t.differing} rows={table.differing} />}
      {table.texts.length > 0 && <Texts texts={table.texts} more={table.moreTexts} />}
      {table.same.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-sm text-dim">
            {t.sameCount(table.same.length)}
          </summary>
          <Rows caption={t.same} rows={table.same} />
        </details>
      )}
    </>
  );
}

function Rows({ caption, rows }: { readonly caption: string; readonly rows: readonly TechnicalRow[] }) {
  const t = useTexts().comparison.technical;
  return (
    <table className="mt-1 w-full table-fixed text-sm">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="border-b border-line text-left text-xs text-faint">
          <th scope="col" className="w-[34%] py-1 font-normal">
            {t.property}
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
          <span lang={SERVICE_LANGUAGE}>{row.name}</span>
          <span className="block text-xs text-faint">
            {placeOf(row)}
            {!row.same && (
              <span className={classes(row.severity === TechnicalSeverity.IMPORTANT && "text-danger")}>
                {` · ${severityOf(row.severity)}`}
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
          <td colSpan={2} lang={SERVICE_LANGUAGE} className="pb-1 text-xs text-dim">
            {row.meaning}
          </td>
        </tr>
      )}
    </>
  );
}

function Texts({ texts, more }: { readonly texts: readonly SubtitleDifference[]; readonly more: number }) {
  const t = useTexts().comparison.technical;
  return (
    <section aria-label={t.textsName} className="mt-4">
      <h3 className="text-xs font-semibold text-faint">{t.texts}</h3>
      <ul className="mt-1 max-h-72 overflow-y-auto">
        {texts.map((text, index) => (
          <li key={index} className="grid grid-cols-[7rem_1fr_1fr] gap-x-2 border-b border-line py-1 text-sm">
            <span className="text-xs text-faint">
              {textKindOf(text.kind)}
              {text.track && <span className="block">{text.track}</span>}
            </span>
            <Side start={text.aStart} text={text.kind === Kind.ONLY_IN_B ? "" : text.aText} />
            <Side start={text.bStart} text={text.kind === Kind.ONLY_IN_A ? "" : text.bText} />
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-1 text-sm text-dim">{t.moreTexts(more)}</p>}
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
