import { expect, it } from "vitest";
import { rowsInSight, scrollToRow } from "../../src/ui/rows";

it("has every row that is in sight, wherever the list stands", () => {
  for (let scrollTop = 0; scrollTop <= 97_000 - 500; scrollTop += 997) {
    const { first, end } = rowsInSight(970, 100, scrollTop, 500);
    expect(first * 100).toBeLessThanOrEqual(scrollTop);
    expect(end * 100).toBeGreaterThanOrEqual(scrollTop + 500);
    expect(end - first).toBeLessThanOrEqual(18);
  }
});

it("never has rows that are not there", () => {
  expect(rowsInSight(0, 100, 0, 500)).toEqual({ first: 0, end: 0 });
  expect(rowsInSight(3, 100, 5000, 500)).toEqual({ first: 3, end: 3 });
});

it("scrolls no further than it takes to see a row", () => {
  expect(scrollToRow(3, 100, 0, 500)).toBe(0);
  expect(scrollToRow(7, 100, 0, 500)).toBe(300);
  expect(scrollToRow(2, 100, 450, 500)).toBe(200);
});
