/** Both catalogues say the same things: each text in its own words, and with the same values. */
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { ErrorReason } from "../../src/gen/sage/errors/v1/error_reason_pb";
import { de } from "../../src/texts/de";
import { en } from "../../src/texts/en";

type Said = (...values: readonly unknown[]) => string;
type Leaf = string | Said;

const SOURCES = import.meta.glob<string>("../../src/texts/en/*.ts", { query: "?raw", import: "default", eager: true });
/** No texts, but what writes their numbers; and what is said only where services are not understood. */
const NOT_COMPARED: readonly string[] = ["formats", "api.reasons"];

/** What is the same word in both languages, or a sign. Anything else has been forgotten. */
const ALIKE: readonly RegExp[] = [
  /^app\.title(Of)?$/, // the product's name
  /^domain\.kinds\.(UNCHANGED|RETIMED)\.letter$/, // unchanged, unverändert; time, Tempo
  /^domain\.reasonsBeside\.CONTENT$/, // empty
  /^domain\.milliseconds$|^time\.(seconds|minutes|frames|exactSeconds|hours)$/, // units are international
  /^actions\.groups\.timeline$/, // the timeline is called so in German editing rooms, too
  /^comparison\.(list\.rate|transport\.times|view\.percent|filters\.kind|sensitivity\.value)$/, // signs
  /^comparison\.exports\.kinds\.(FCP7_XML|FCPXML|AAF|OTIO|JSON)\.label$/, // names of programs and formats
  /^comparison\.here\.(kind|marker)$|^comparison\.carrying\.fateCount$/, // put together from other texts
  /^workspace\.upload\.rate$|^workspace\.videos\.framesPerSecond$/, // units
  /^player\.(monitor|video)$|^timeline\.(name|lanes\.look)$/, // the same in German editing rooms
  /^timeline\.region$|^tasks\.spoken$/, // put together from other texts
  /^session\.withKey$/, // a vendor's name
];

function leavesOf(node: object, path = ""): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  for (const [key, value] of Object.entries(node) as [string, Leaf | object][]) {
    const own = path ? `${path}.${key}` : key;
    if (NOT_COMPARED.includes(own)) continue;
    if (typeof value === "object") leavesOf(value, own).forEach((leaf, name) => found.set(name, leaf));
    else found.set(own, value);
  }
  return found;
}

/** The types of every function's parameters, by the name of its text. */
function parametersOf(): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [file, source] of Object.entries(SOURCES)) {
    const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
    const constants = new Map<string, ts.Expression>();
    const read = (value: ts.Expression | undefined, name: string): void => {
      if (!value) return;
      if (ts.isArrowFunction(value)) {
        found.set(name, value.parameters.map(({ type }) => type?.getText() ?? ""));
      } else if (ts.isObjectLiteralExpression(value)) {
        for (const property of value.properties) {
          if (!property.name) continue;
          const own = `${name}.${ts.isStringLiteral(property.name) ? property.name.text : property.name.getText()}`;
          if (ts.isPropertyAssignment(property)) read(property.initializer, own);
          if (ts.isShorthandPropertyAssignment(property)) read(constants.get(property.name.text), own);
        }
      } else if (ts.isIdentifier(value)) read(constants.get(value.text), name);
    };
    ts.forEachChild(parsed, (statement) => {
      if (!ts.isVariableStatement(statement)) return;
      for (const { name, initializer } of statement.declarationList.declarations) {
        if (!ts.isIdentifier(name) || !initializer) continue;
        constants.set(name.text, initializer);
        read(initializer, name.text);
      }
    });
  }
  return found;
}

const PARAMETERS = parametersOf();

interface Probe {
  readonly value: unknown;
  /** What of it has to be in the text; digits for numbers, which each language groups as it likes. */
  readonly marks: readonly string[];
}

/** Values that are found again in whatever is made of them. */
function probeOf(type: string, index: number): Probe {
  if (type.includes("string[]")) return { value: [`‹${index}a›`, `‹${index}b›`], marks: [`‹${index}a›`, `‹${index}b›`] };
  if (type.includes("number")) return { value: 2371 + index, marks: [String(2371 + index)] };
  if (type.startsWith("string")) return { value: `‹${index}›`, marks: [`‹${index}›`] };
  throw new Error(`There is no probe for ${type}.`);
}

/** Which of the values come through. */
function shown(said: Said, probes: readonly Probe[]): string[] {
  const text = said(...probes.map(({ value }) => value));
  const digits = text.replace(/[^\d]/g, "");
  return probes.flatMap(({ marks }) => marks).filter((mark) => text.includes(mark) || digits.includes(mark));
}

const english = leavesOf(en);
const german = leavesOf(de);

describe("the catalogues", () => {
  it("are of the same texts, none of them empty by mistake", () => {
    expect([...german.keys()].sort()).toEqual([...english.keys()].sort());
    const empty = [...german].filter(([, text]) => typeof text === "string" && text.trim() === "");
    expect(empty.map(([name]) => name).filter((name) => english.get(name) !== "")).toEqual([]);
  });

  it("have a sentence for every reason of an error, where services are not understood", () => {
    const names = Object.keys(ErrorReason).filter((name) => Number.isNaN(Number(name)) && name !== "UNSPECIFIED");
    expect(Object.keys(de.api.reasons).sort()).toEqual(names.sort());
    expect(Object.values(de.api.reasons).filter((text) => !/^\p{Lu}.*[.]$/u.test(text ?? ""))).toEqual([]);
    expect(en.api.reasons).toEqual({});
  });

  it("say everything in their own words", () => {
    const same = (name: string, text: Leaf): boolean => {
      const other = german.get(name);
      if (typeof text === "string" || typeof other !== "function") return text === other;
      const values = (PARAMETERS.get(name) ?? []).map((type, index) => probeOf(type, index).value);
      const bare = (said: Said): string => said(...values).replace(/[\s.,]/g, "");
      return bare(text) === bare(other);
    };
    const alike = [...english].filter(([name, text]) => same(name, text)).map(([name]) => name);
    expect(alike.filter((name) => !ALIKE.some((known) => known.test(name)))).toEqual([]);
  });

  it("allow sameness where there is some", () => {
    expect(ALIKE.filter((known) => ![...english.keys()].some((name) => known.test(name)))).toEqual([]);
  });

  it("say the same values", () => {
    for (const [name, text] of english) {
      const other = german.get(name);
      if (typeof text === "string" || typeof other !== "function") continue;
      const types = PARAMETERS.get(name);
      if (!types) throw new Error(`The parameters of ${name} are not written beside it.`);
      const probes = types.map(probeOf);
      expect(shown(other, probes), name).toEqual(shown(text, probes));
    }
  });

  it("have a word for one and for many", () => {
    for (const catalogue of [english, german]) {
      for (const [name, text] of catalogue) {
        if (typeof text === "string") continue;
        const types = PARAMETERS.get(name) ?? [];
        if (!types.includes("number")) continue;
        for (const count of [0, 1, 2]) {
          const said = text(...types.map((type, index) => (type === "number" ? count : probeOf(type, index).value)));
          expect(said, name).not.toMatch(/undefined|NaN|\[object|=>/);
        }
      }
    }
  });
});
