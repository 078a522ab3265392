import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, expect, it } from "vitest";
import { speak } from "../../src/texts";
import { de } from "../../src/texts/de";
import { ProblemNote } from "../../src/ui/ProblemNote";

const PROBLEM = { reason: "STORAGE_FULL", message: "The store has no room for 3.2 GB.", retryable: false };
const shown = (problem: typeof PROBLEM): string => renderToStaticMarkup(<ProblemNote problem={problem} />);

afterEach(() => speak("en"));

it("says what the service says, in its language", () => {
  expect(shown(PROBLEM)).toContain(PROBLEM.message);
  expect(shown(PROBLEM)).not.toContain("lang=");
});

it("says it in another language, above the service's particulars", async () => {
  await speak("de");
  const page = shown(PROBLEM);
  expect(page).toContain(de.api.reasons["STORAGE_FULL"]);
  expect(page).toMatch(/<p lang="en"[^>]*>The store has no room for 3.2 GB.<\/p>/);
});

it("says what came of it before, in the page's words", async () => {
  const lead = "Es gibt keine Kopie.";
  const led = (): string => renderToStaticMarkup(<ProblemNote lead={lead} problem={PROBLEM} />);
  expect(led()).toContain(`${lead} ${PROBLEM.message}`);
  await speak("de");
  expect(led()).toContain(`${lead} ${de.api.reasons["STORAGE_FULL"] ?? "?"}`);
  expect(led()).toMatch(/<p lang="en"[^>]*>The store has no room for 3.2 GB.<\/p>/);
});

it("leaves what has no reason of its own as it is, and says nothing twice", async () => {
  await speak("de");
  expect(shown({ ...PROBLEM, reason: "OTHER_FILE", message: "Kein Upload." })).not.toContain("lang=");
  const late = de.api.reasons["DEADLINE_EXCEEDED"] ?? "";
  expect(shown({ ...PROBLEM, reason: "DEADLINE_EXCEEDED", message: late }).split(late)).toHaveLength(2);
});
