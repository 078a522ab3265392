import { expect, it } from "vitest";
import { firstTurn, shownLayout, shownOpacity, toggledLayout, turned, USUAL_VIEWING } from "../../src/player/viewing";

const usual = USUAL_VIEWING;

it("goes back to side by side when the same layout is asked for again", () => {
  const wipe = toggledLayout(usual, "wipe");
  expect(wipe.layout).toBe("wipe");
  expect(toggledLayout(wipe, "overlay").layout).toBe("overlay");
  expect(toggledLayout(wipe, "wipe").layout).toBe("side");
});

it("lays B over A while both take turns, wholly or not at all", () => {
  const overlay = { ...usual, layout: "overlay" as const, opacity: 30 };
  expect([shownLayout(overlay), shownOpacity(overlay)]).toEqual(["overlay", 0.3]);
  const first = { ...usual, blink: firstTurn(usual) };
  expect([shownLayout(first), shownOpacity(first)]).toEqual(["overlay", 1]);
  const second = turned(first);
  expect(shownOpacity(second)).toBe(0);
  expect(turned(second)).toEqual(first);
  expect(turned(usual)).toBe(usual);
});

it("begins turns with the picture that is not in front", () => {
  expect(firstTurn({ ...usual, layout: "overlay", opacity: 80 })).toBe("a");
  expect(firstTurn({ ...usual, layout: "overlay", opacity: 20 })).toBe("b");
});
