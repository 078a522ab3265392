/** What a status or an alert says is there to be read: it is never cut off where there is little room. */
import { expect, it } from "vitest";

const SOURCES = import.meta.glob<string>("../../src/**/*.tsx", { eager: true, query: "?raw", import: "default" });
const OPENING = /<[a-zA-Z][^<]*?role="(?:status|alert)"[^<]*?>/gs;

it("is whole", () => {
  const said = Object.entries(SOURCES).flatMap(([name, source]) => [...source.matchAll(OPENING)].map(([tag]) => `${name}: ${tag}`));
  expect(said.length).toBeGreaterThan(5);
  expect(said.filter((tag) => /\btruncate\b|line-clamp/.test(tag))).toEqual([]);
});
