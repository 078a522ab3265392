/**
 * What the page prints: the report that is exported, in place of one screen of the application.
 *
 * The report lies in a shadow tree of its own, out of sight until it is printed, so that neither's
 * rules reach the other.
 */
import { texts } from "../texts";

const ID = "printed-report";

/** The report's rules and its contents. Throws for what is no report. */
export function partsOf(html: string): { readonly style: string; readonly main: Element } {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) throw new Error(texts().report.noReport);
  return { style: page.querySelector("style")?.textContent ?? "", main };
}

/** Makes this the report that is printed. */
export function layOut(html: string): void {
  const { style, main } = partsOf(html);
  const place = document.getElementById(ID) ?? newPlace();
  const rules = document.createElement("style");
  rules.textContent = style;
  place.shadowRoot?.replaceChildren(rules, document.importNode(main, true));
}

/** Nothing is laid out any more: what is shown now is another comparison. */
export function putAway(): void {
  document.getElementById(ID)?.remove();
}

function newPlace(): HTMLElement {
  const place = document.createElement("div");
  place.id = ID;
  place.attachShadow({ mode: "open" });
  document.body.append(place);
  return place;
}
