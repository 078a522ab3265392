// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { layOut, partsOf, putAway } from "../../src/report/printing";

const page = (title: string) =>
  `<!doctype html><html><head><style>h1{color:red}</style></head><body><main><h1>${title}</h1></main></body></html>`;
const laidOut = () => document.getElementById("printed-report");

describe("what is printed", () => {
  afterEach(putAway);

  it("is the report, with its own rules", () => {
    layOut(page("Two cuts"));
    expect(laidOut()?.shadowRoot?.querySelector("style")?.textContent).toBe("h1{color:red}");
    expect(laidOut()?.shadowRoot?.querySelector("h1")?.textContent).toBe("Two cuts");
    expect(document.querySelector("h1")).toBeNull();
  });

  it("is the last report that was laid out, and none once it was put away", () => {
    layOut(page("Old"));
    layOut(page("New"));
    expect(document.querySelectorAll("#printed-report")).toHaveLength(1);
    expect(laidOut()?.shadowRoot?.querySelector("h1")?.textContent).toBe("New");
    putAway();
    expect(laidOut()).toBeNull();
  });

  it("is nothing but a report", () => {
    expect(() => partsOf("<p>Bad gateway</p>")).toThrow("no report");
  });
});
