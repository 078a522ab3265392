/** Numbers, lists, plurals and dates as a language writes them. */
import { regionalTag, type Language } from "./language";

/** What is said of one, and of any other number; both languages have these two. */
export interface Forms {
  readonly one: string;
  readonly other: string;
}

export interface Formats {
  /** With so many decimals: `0.120`, `0,120`. */
  readonly fixed: (value: number, decimals: number) => string;
  /** With as many decimals as it needs, up to so many: `23.976`, `25`. */
  readonly upTo: (value: number, decimals: number) => string;
  /** Of a share in percent: `90.9%`, `90,9 %`. */
  readonly percent: (value: number, decimals?: number) => string;
  /** The form that belongs to a number. */
  readonly plural: (count: number, forms: Forms) => string;
  /** A number and its form: `1 edit`, `5 edits`. */
  readonly counted: (count: number, forms: Forms) => string;
  /** `a, b, and c`. */
  readonly list: (parts: readonly string[]) => string;
  /** Day and time of the clock. */
  readonly dateTime: (date: Date) => string;
  /** The day alone. */
  readonly date: (date: Date) => string;
}

export function formatsOf(language: Language): Formats {
  const numbers = numbersOf(language);
  const rules = new Intl.PluralRules(language);
  const lists = new Intl.ListFormat(language, { type: "conjunction" });
  const tag = regionalTag(language, typeof navigator === "undefined" ? [] : navigator.languages);
  const dateTimes = new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" });
  const dates = new Intl.DateTimeFormat(tag, { dateStyle: "medium" });
  const plural = (count: number, { one, other }: Forms): string => (rules.select(count) === "one" ? one : other);
  const upTo = (value: number, decimals: number): string => numbers({ maximumFractionDigits: decimals }).format(value);
  return {
    fixed: (value, decimals) =>
      numbers({ minimumFractionDigits: decimals, maximumFractionDigits: decimals }).format(value),
    upTo,
    percent: (value, decimals = 0) =>
      numbers({
        style: "unit",
        unit: "percent",
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
      }).format(value),
    plural,
    counted: (count, forms) => `${upTo(count, 0)} ${plural(count, forms)}`,
    list: (parts) => lists.format(parts),
    dateTime: (date) => dateTimes.format(date),
    date: (date) => dates.format(date),
  };
}

/** Formatters are dear to make, and used for every row of a list: each is made once. */
function numbersOf(language: Language): (options: Intl.NumberFormatOptions) => Intl.NumberFormat {
  const made = new Map<string, Intl.NumberFormat>();
  return (options) => {
    const key = JSON.stringify(options);
    let format = made.get(key);
    if (!format) made.set(key, (format = new Intl.NumberFormat(language, options)));
    return format;
  };
}
