import { beforeEach, describe, expect, it, vi } from "vitest";
import { keyName } from "../../src/actions/action";
import { ALL_ACTIONS } from "../../src/actions/actions";
import { keysOf, type KeyChanges } from "../../src/actions/bindings";
import { de } from "../../src/texts/de";
import { en } from "../../src/texts/en";
import { speak } from "../../src/texts";
import { endTour, nextStep, sentenceOf, startTour, STEPS, subscribeToTour, tourStep } from "../../src/tour/tour";

describe("the tour", () => {
  beforeEach(endTour);

  it("goes through all steps and ends", () => {
    const told = vi.fn();
    const stop = subscribeToTour(told);
    startTour();
    const seen = STEPS.map(() => {
      const step = tourStep();
      nextStep();
      return step;
    });
    stop();
    expect(seen).toEqual(STEPS.map((_, index) => index));
    expect(tourStep()).toBeUndefined();
    expect(told).toHaveBeenCalledTimes(STEPS.length + 1);
  });

  it("begins only when it is asked for", () => {
    nextStep();
    expect(tourStep()).toBeUndefined();
  });

  describe.each([
    { texts: en, space: "Space" },
    { texts: de, space: "Leertaste" },
  ])("in $space", ({ texts, space }) => {
    beforeEach(() => speak(texts === en ? "en" : "de"));
    const said = (changes: KeyChanges): string =>
      STEPS.map((step) => sentenceOf(step, keysOf(ALL_ACTIONS, changes), texts)).join(" ");

    it("names the keys that there are", () => {
      for (const name of [space, "←", "→", "↑", "↓"]) expect(said({})).toContain(name);
    });

    it("names the keys that somebody has chosen instead", () => {
      const changed = said({ toggle: ["Enter"], frameOn: ["5"], next: ["Shift+x"] });
      for (const name of ["5", keyName("Enter"), keyName("Shift+x"), "←", "↑"]) expect(changed).toContain(name);
      for (const name of [space, "→", "↓"]) expect(changed).not.toContain(name);
    });

    it("calls by its name what has no key", () => {
      expect(said({ toggle: [] })).toContain(texts.tour.withoutKey(texts.actions.labels.toggle));
    });
  });
});
