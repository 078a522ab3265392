/** Nothing that a person reads or hears stands in a component: all of it is in the catalogue. */
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** All but the file that fetches the words: what it cannot do, it cannot say in them. */
const SOURCES = import.meta.glob<string>(
  ["../../src/**/*.ts", "../../src/**/*.tsx", "!../../src/gen/**", "!../../src/texts/**", "!../../src/main.tsx"],
  { query: "?raw", import: "default", eager: true },
);

/** The two versions, and the product, are called so in every language. */
const NAMES = new Set(["A", "B", "A/B", "SAGE"]);
/** What `aria-keyshortcuts` calls two keys. */
const KEY_NAMES = new Set(["Space", "Plus"]);
/** Attributes and properties whose text is read or heard. */
const SPOKEN = new Set([
  "alt", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription", "aria-valuetext", "caption", "content",
  "description", "emptyText", "hint", "label", "message", "placeholder", "sentence", "term", "title", "valueText", "word",
]);
const LETTERS = /\p{L}{2}|^\P{L}*\p{L}\P{L}*$/u;
/** A sentence, or the beginning of one. */
const SENTENCE = /^\p{Lu}\p{Ll}+(?:[ ,:]+\p{Ll}+)+|\p{Ll}(?:…|\. \p{Lu})/u;
/** What tables of words are made of. */
const WORD = /^\p{Lu}\p{Ll}+(?:[ :]|$)/u;

const speaks = (text: string): boolean => LETTERS.test(text) && !NAMES.has(text.trim());

/** The parts of an expression that are shown: of a choice both, of a comparison none. */
function shownParts(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.flatMap((span) => [...shownParts(span.expression), span.literal.text])];
  }
  if (ts.isConditionalExpression(node)) return [...shownParts(node.whenTrue), ...shownParts(node.whenFalse)];
  if (ts.isParenthesizedExpression(node)) return shownParts(node.expression);
  if (ts.isBinaryExpression(node)) {
    const logical = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.PlusToken];
    if (!logical.includes(node.operatorToken.kind)) return [];
    const right = shownParts(node.right);
    return node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken ? right : [...shownParts(node.left), ...right];
  }
  return [];
}

/** Said to programmers only. */
function isForProgrammers(node: ts.Node): boolean {
  for (let up = node.parent; !ts.isSourceFile(up); up = up.parent) {
    if (ts.isNewExpression(up) && up.expression.getText() === "DOMException") return true;
    if (ts.isCallExpression(up) && up.expression.getText().startsWith("console.")) return true;
  }
  return false;
}

function textsOf(file: string, source: string): string[] {
  const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const parsed = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, kind);
  const found = new Set<string>();
  const take = (node: ts.Node, said: readonly string[]): void => {
    for (const text of said.filter(speaks)) {
      const { line } = parsed.getLineAndCharacterOfPosition(node.getStart());
      found.add(`${file.replace("../../", "")}:${line + 1} ${text.trim()}`);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) take(node, [node.text]);
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) take(node, shownParts(node.expression));
    if (ts.isJsxAttribute(node) && SPOKEN.has(node.name.getText()) && node.initializer) {
      const value = ts.isJsxExpression(node.initializer) ? node.initializer.expression : node.initializer;
      if (value) take(node, shownParts(value));
    }
    if (ts.isPropertyAssignment(node) && SPOKEN.has(node.name.getText()) && !isForProgrammers(node)) take(node, shownParts(node.initializer));
    if (ts.isPropertyAssignment(node) && !isForProgrammers(node)) take(node, shownParts(node.initializer).filter((part) => WORD.test(part) && !KEY_NAMES.has(part)));
    if (ts.isStringLiteralLike(node) && SENTENCE.test(node.text) && !isForProgrammers(node)) take(node, [node.text]);
    if (ts.isTemplateExpression(node) && !isForProgrammers(node)) take(node, shownParts(node).filter((part) => SENTENCE.test(part)));
    ts.forEachChild(node, visit);
  };
  visit(parsed);
  return [...found];
}

describe("texts outside the catalogue", () => {
  it("are found wherever they hide", () => {
    const component = `
      const hints = { label: "Loud", word: \`\${n} tracks\` };
      export const Bad = ({ on }: { on: boolean }) => (
        <p title="Play" aria-label={on ? "Pause" : name} placeholder={\`Find \${name}\`} className="flex gap">
          Words {on && "more"} {on ? <b>A</b> : "others"} {count} {side === "left" ? t.left : t.right}
        </p>
      );
      const asked = "Really delete it?";
      const names = { [State.QUEUED]: "Waiting", late: "Waits: over in A", state: "waiting", key: "ArrowLeft" };
    `;
    expect(textsOf("Bad.tsx", component).map((text) => text.replace(/^\S+ /, ""))).toEqual([
      "Loud", "tracks", "Play", "Pause", "Find", "Words", "more", "others", "Really delete it?", "Waiting", "Waits: over in A",
    ]);
  });

  it("are nowhere", () => {
    const files = Object.entries(SOURCES);
    expect(files.length).toBeGreaterThan(30);
    expect(files.flatMap(([file, source]) => textsOf(file, source))).toEqual([]);
    // Every file is parsed: seconds, where many tests run at once.
  }, 60_000);

  it("are asked for at the time when they are said", () => {
    const early = Object.entries(SOURCES).filter(([, source]) => /^(?:export )?const [^=]*= [^\n]*\btexts\(\)/m.test(source));
    expect(early.map(([file]) => file)).toEqual([]);
  });

  it("are asked for by every component that would not be drawn again without", () => {
    const deaf = Object.entries(SOURCES).filter(([, source]) => /= memo\(/.test(source) && /\btexts\(\)/.test(source));
    expect(deaf.map(([file]) => file)).toEqual([]);
  });
});
