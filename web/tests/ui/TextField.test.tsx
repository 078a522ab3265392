import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { TextField } from "../../src/ui/TextField";

it.each([true, false])("has a name for screen readers: with a label that is seen, %s", (labelled) => {
  const page = renderToStaticMarkup(<TextField label="Your name" labelled={labelled} value="Kim" readOnly />);
  const id = / id="([^"]+)"/.exec(page)?.[1] ?? "?";
  expect(page.includes(`<label for="${id}"`)).toBe(labelled);
  expect(page.includes('aria-label="Your name"')).toBe(!labelled);
});
