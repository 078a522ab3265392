/** A scale on which small differences are told apart: from black over blue, red and yellow to white. */

type Rgb = readonly [number, number, number];

const STOPS: readonly { readonly at: number; readonly colour: Rgb }[] = [
  { at: 0, colour: [0, 0, 0] },
  { at: 0.2, colour: [36, 24, 130] },
  { at: 0.45, colour: [170, 30, 120] },
  { at: 0.7, colour: [240, 110, 40] },
  { at: 0.88, colour: [250, 210, 80] },
  { at: 1, colour: [255, 255, 255] },
];

/** The colour of a difference from 0 to 1, each part from 0 to 255. */
export function falseColour(difference: number): Rgb {
  const at = Math.min(Math.max(difference, 0), 1);
  const index = STOPS.findIndex((stop) => stop.at >= at);
  const [upper, lower] = [STOPS[index], STOPS[Math.max(index - 1, 0)]];
  if (!upper || !lower || upper === lower) return upper?.colour ?? [255, 255, 255];
  const share = (at - lower.at) / (upper.at - lower.at);
  const mixed = (part: 0 | 1 | 2): number => Math.round(lower.colour[part] + share * (upper.colour[part] - lower.colour[part]));
  return [mixed(0), mixed(1), mixed(2)];
}

/** The scale as a row of pixels. */
export function falseColourRow(width: number): Uint8Array {
  const row = new Uint8Array(width * 4);
  for (let x = 0; x < width; x += 1) row.set([...falseColour(x / (width - 1)), 255], x * 4);
  return row;
}

/** The scale for a legend. */
export const FALSE_COLOUR_GRADIENT = `linear-gradient(to right, ${STOPS.map(
  ({ at, colour }) => `rgb(${colour.join(" ")}) ${at * 100}%`,
).join(", ")})`;
