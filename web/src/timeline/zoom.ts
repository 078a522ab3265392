/** Which part of the timeline is in view. All functions are pure; times are master seconds. */

export interface View {
  readonly start: number;
  readonly end: number;
}

/** Closer than this shows nothing more: about a dozen frames. */
const MIN_SPAN = 0.5;

export function fitView(duration: number): View {
  return { start: 0, end: Math.max(duration, MIN_SPAN) };
}

/** Moves a view back into the timeline, keeping its span where it fits. */
export function clampView(view: View, duration: number): View {
  const whole = Math.max(duration, MIN_SPAN);
  const span = Math.min(Math.max(view.end - view.start, Math.min(MIN_SPAN, whole)), whole);
  const start = Math.min(Math.max(view.start, 0), whole - span);
  return { start, end: start + span };
}

/** Zooms by `factor` (above 1 comes closer) so that `anchor` stays where it is on the screen. */
export function zoomView(view: View, duration: number, factor: number, anchor: number): View {
  const span = view.end - view.start;
  const next = Math.min(Math.max(span / factor, MIN_SPAN), Math.max(duration, MIN_SPAN));
  const share = span > 0 ? (anchor - view.start) / span : 0.5;
  return clampView({ start: anchor - share * next, end: anchor + (1 - share) * next }, duration);
}

export function panView(view: View, duration: number, by: number): View {
  return clampView({ start: view.start + by, end: view.end + by }, duration);
}

/** Brings `time` into view: pages on, as editing software does while playing. */
export function followView(view: View, duration: number, time: number): View {
  if (time >= view.start && time <= view.end) return view;
  const span = view.end - view.start;
  return clampView({ start: time - span * 0.1, end: time + span * 0.9 }, duration);
}

/** Shows all of a stretch with some air around it. */
export function revealView(view: View, duration: number, stretch: View): View {
  if (stretch.start >= view.start && stretch.end <= view.end) return view;
  const span = Math.max(view.end - view.start, (stretch.end - stretch.start) * 1.5);
  const middle = (stretch.start + stretch.end) / 2;
  return clampView({ start: middle - span / 2, end: middle + span / 2 }, duration);
}

/** Where a time lies in the view: 0 at its start, 1 at its end. */
export function shareOf(view: View, time: number): number {
  return (time - view.start) / (view.end - view.start);
}

export function timeAtShare(view: View, share: number): number {
  return view.start + share * (view.end - view.start);
}
