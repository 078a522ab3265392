/** How both pictures are looked at. Pure: every change gives another value. */
import { WHOLE, type Lens } from "./lens";

/** Beside each other, or one upon the other. */
export type ViewerLayout = "side" | "wipe" | "overlay" | "difference";

export interface Viewing {
  readonly layout: ViewerLayout;
  readonly lens: Lens;
  /** The zoom at which one pixel of A is one of the screen. */
  readonly pixels: number;
  /** How far from the left A is seen in a wipe, in percent. */
  readonly wipe: number;
  /** How much B covers A when it lies over it, in percent. */
  readonly opacity: number;
  /** What differences are multiplied with. */
  readonly gain: number;
  /** Whether differences are shown in colours of their own. */
  readonly falseColours: boolean;
  /** Whether changed parts of the picture are outlined. */
  readonly outlines: boolean;
  /** Whether B lies where the comparison found it in A. */
  readonly aligned: boolean;
  /** Which one is seen while both take turns; undefined while they do not. */
  readonly blink: "a" | "b" | undefined;
}

export const USUAL_VIEWING: Viewing = {
  layout: "side",
  lens: WHOLE,
  pixels: 1,
  wipe: 50,
  opacity: 50,
  gain: 4,
  falseColours: true,
  outlines: true,
  aligned: true,
  blink: undefined,
};

export const GAINS = [1, 2, 4, 8, 16, 32] as const;

/** The layout again goes back to side by side. */
export function toggledLayout(viewing: Viewing, layout: ViewerLayout): Viewing {
  return { ...viewing, layout: viewing.layout === layout ? "side" : layout };
}

/** The layout that is really shown: taking turns needs one upon the other. */
export function shownLayout({ layout, blink }: Viewing): ViewerLayout {
  return blink ? "overlay" : layout;
}

/** How much B covers A, 0 to 1. */
export function shownOpacity({ opacity, blink }: Viewing): number {
  return blink ? (blink === "b" ? 1 : 0) : opacity / 100;
}

export function turned(viewing: Viewing): Viewing {
  return viewing.blink ? { ...viewing, blink: viewing.blink === "a" ? "b" : "a" } : viewing;
}

/** Where turns begin: with the one that is not in front. */
export function firstTurn({ layout, opacity }: Viewing): "a" | "b" {
  return layout === "overlay" && opacity > 50 ? "a" : "b";
}
