import { afterEach, describe, expect, it } from "vitest";
import { SavedComparison_Status as Status } from "../../src/gen/sage/compare/v1/saved_comparison_pb";
import { statusChoices, statusLook, statusOf } from "../../src/review/statuses";
import { speak } from "../../src/texts";

describe("the status of a review", () => {
  afterEach(() => speak("en"));

  it("is what was chosen", () => {
    for (const choice of statusChoices()) expect(statusLook(statusOf(choice.value))).toEqual(choice);
    expect(statusLook(Status.UNSPECIFIED).value).toBe("in-review");
  });

  it("is told in the language that is spoken now", async () => {
    const told = () => statusChoices().map(({ label }) => label);
    expect(told()).toEqual(["In review", "Approved", "Needs changes"]);
    await speak("de");
    expect(told()).toEqual(["In Sichtung", "Abgenommen", "Zu ändern"]);
  });
});
