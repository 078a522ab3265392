import { describe, expect, it } from "vitest";

/** The folders of the page. Each imports from those above it here, and from itself. */
const LAYERS: readonly (readonly string[])[] = [
  ["gen", "texts"],
  ["api", "domain", "time", "route"],
  ["ui"],
  ["media", "report", "session", "tasks", "upload"],
  ["player"],
  ["timeline", "review"],
  ["actions"],
  ["tour"],
  ["comparison", "workspace"],
  ["App"],
  ["main"],
];
/** What the model is written in: no page, no network, no browser. */
const OF_THE_MODEL = /^(gen|domain|texts)$/;
const SOURCES = import.meta.glob<string>(["../src/**/*.ts", "../src/**/*.tsx", "!../src/gen/**"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const ROOT = "/src/";

interface Arrow {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** `player` of `../src/player/sync.ts`, `App` of `../src/App.tsx`. */
const folderOf = (path: string): string => {
  const { pathname } = new URL(path, `file://${ROOT}`);
  return (pathname.slice(ROOT.length).split("/")[0] ?? "").replace(/\.tsx?$/, "");
};
const files = Object.keys(SOURCES);
const importsOf = (file: string): string[] =>
  [...(SOURCES[file] ?? "").matchAll(/(?:from|import\(|import)\s*"([^"]+)"/g)].map(([, name = ""]) => name);
const arrows: Arrow[] = files.flatMap((file) =>
  importsOf(file)
    .filter((name) => /^\..*(?<!\.css)$/.test(name))
    .map((name) => ({ file, from: folderOf(file), to: folderOf(new URL(name, `file:///tests/${file}`).pathname) }))
    .filter(({ from, to }) => from !== to),
);
const levelOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));

describe("the folders of the page", () => {
  it("each have their place", () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => levelOf(folder) < 0)).toEqual([]);
  });

  it("import nothing from beside or above them", () => {
    expect(arrows.filter(({ from, to }) => levelOf(to) >= levelOf(from))).toEqual([]);
  });

  it("leave the model to itself", () => {
    const domain = files.filter((file) => folderOf(file) === "domain");
    expect(domain.length).toBeGreaterThan(10);
    expect(arrows.filter(({ from, to }) => from === "domain" && !OF_THE_MODEL.test(to))).toEqual([]);
    expect(domain.flatMap(importsOf).filter((name) => name.includes("texts") && name !== "../texts")).toEqual([]);
    expect(domain.filter((file) => file.endsWith(".tsx") || importsOf(file).some((name) => /^(react|radix-ui)/.test(name)))).toEqual([]);
  });
});
