/** Times for people: timecodes, durations, sizes and rates. All times are seconds. */

import { texts } from "../texts";

/** The counting rate of a timecode: 29.97 counts 30 frames a second (non-drop). */
export function nominalRate(frameRate: number): number {
  return frameRate > 0 ? Math.max(1, Math.round(frameRate)) : 25;
}

/** The number of the frame that is shown at `seconds`. */
export function frameAt(seconds: number, frameRate: number): number {
  const rate = frameRate > 0 ? frameRate : 25;
  // Frame times carry rounding errors of containers; a thousandth of a frame absorbs them.
  return Math.max(0, Math.floor(seconds * rate + 1e-3));
}

const two = (n: number): string => String(n).padStart(2, "0");

/** `HH:MM:SS:FF`, non-drop. */
export function timecode(seconds: number, frameRate: number): string {
  const nominal = nominalRate(frameRate);
  const frame = frameAt(seconds, frameRate);
  const whole = Math.floor(frame / nominal);
  return [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60, frame % nominal]
    .map(two)
    .join(":");
}

/** `h:mm:ss.mmm`, for times that no frames belong to. */
export function clock(seconds: number): string {
  const total = Math.max(0, Math.round(seconds * 1000));
  const whole = Math.floor(total / 1000);
  const rest = String(total % 1000).padStart(3, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${rest}`;
}

/** A length as an editor reads it: `12f`, `3.48 s`, `2:05`, `1:02:05`. */
export function duration(seconds: number, frameRate = 0): string {
  const length = Math.abs(seconds);
  if (length < 1 && frameRate > 0) return texts().time.frames(Math.round(length * frameRate));
  if (length < 60) return texts().time.exactSeconds(length);
  const whole = Math.round(length);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(whole % 60)}`
    : `${minutes}:${two(whole % 60)}`;
}

/** A length in words, for screen readers and rough estimates: `about 2 min left` is built on it. */
export function roughDuration(seconds: number): string {
  const t = texts().time;
  if (seconds < 1) return t.moment;
  if (seconds < 90) return t.seconds(Math.ceil(seconds));
  if (seconds < 5400) return t.minutes(Math.round(seconds / 60));
  return t.hours(seconds / 3600);
}

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** A size in decimal units, as file managers show it. */
export function fileSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${texts().formats.fixed(value, unit === 0 || value >= 100 ? 0 : 1)} ${UNITS[unit] ?? "B"}`;
}
