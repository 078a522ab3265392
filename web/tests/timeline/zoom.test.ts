import { describe, expect, it } from "vitest";
import { clampView, fitView, followView, panView, revealView, shareOf, timeAtShare, zoomView } from "../../src/timeline/zoom";

describe("the part of the timeline in view", () => {
  it("is all of it at first", () => {
    expect(fitView(90)).toEqual({ start: 0, end: 90 });
  });

  it("comes closer around the anchor, which stays where it is", () => {
    const before = { start: 0, end: 100 };
    const after = zoomView(before, 100, 4, 30);
    expect(after).toEqual({ start: 22.5, end: 47.5 });
    expect(shareOf(after, 30)).toBeCloseTo(shareOf(before, 30));
  });

  it("never shows less than a dozen frames, nor more than there is", () => {
    expect(zoomView({ start: 0, end: 1 }, 100, 1000, 0.5)).toMatchObject({ start: 0.25, end: 0.75 });
    expect(zoomView({ start: 40, end: 60 }, 100, 0.001, 50)).toEqual({ start: 0, end: 100 });
  });

  it("stops at both ends", () => {
    expect(panView({ start: 10, end: 30 }, 100, -50)).toEqual({ start: 0, end: 20 });
    expect(panView({ start: 10, end: 30 }, 100, 500)).toEqual({ start: 80, end: 100 });
    expect(clampView({ start: -5, end: 500 }, 100)).toEqual({ start: 0, end: 100 });
  });

  it("pages on when the playhead leaves it", () => {
    expect(followView({ start: 0, end: 20 }, 100, 19)).toEqual({ start: 0, end: 20 });
    expect(followView({ start: 0, end: 20 }, 100, 21)).toEqual({ start: 19, end: 39 });
  });

  it("moves to show a stretch, and widens where it must", () => {
    expect(revealView({ start: 0, end: 20 }, 100, { start: 50, end: 54 })).toEqual({ start: 42, end: 62 });
    expect(revealView({ start: 0, end: 2 }, 100, { start: 50, end: 54 })).toEqual({ start: 49, end: 55 });
  });

  it("turns places into times and back", () => {
    const view = { start: 10, end: 30 };
    expect(timeAtShare(view, shareOf(view, 17))).toBeCloseTo(17);
  });
});
