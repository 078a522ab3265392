/** Time codes as a file counts them: from its own start, with numbers left out where it does so. Pure. */
import { frameAt, nominalRate } from "./timecode";

/** The first frame's number, and how frames are counted. */
export interface SourceStart {
  readonly frame: number;
  readonly dropFrame: boolean;
}

const PATTERN = /^([0-2]\d):([0-5]\d):([0-5]\d)([:;])(\d{2,3})$/;
/** Numbers that are left out in each minute but every tenth, at rates 0.1 % below these. */
const DROPPED: Readonly<Record<number, number>> = { 30: 2, 60: 4 };

/** `01:00:00:00`, or `01:00:00;00` when numbers are dropped; undefined when it is no time code at this rate. */
export function parseStart(text: string, frameRate: number): SourceStart | undefined {
  const [, hours = "", minutes = "", seconds = "", separator, frames = ""] = PATTERN.exec(text) ?? [];
  const nominal = nominalRate(frameRate);
  if (!separator || Number(hours) > 23 || Number(frames) >= nominal) return undefined;
  const dropFrame = separator === ";";
  const dropped = droppedNumbers(frameRate, dropFrame);
  const minute = Number(hours) * 60 + Number(minutes);
  if (Number(seconds) === 0 && minute % 10 !== 0 && Number(frames) < dropped) return undefined;
  const number = (minute * 60 + Number(seconds)) * nominal + Number(frames);
  return { frame: number - dropped * (minute - Math.floor(minute / 10)), dropFrame };
}

/** The time code of the frame that is shown `seconds` after the file's start. */
export function sourceTimecode(seconds: number, frameRate: number, start: SourceStart): string {
  const nominal = nominalRate(frameRate);
  const dropped = droppedNumbers(frameRate, start.dropFrame);
  const day = 24 * (3600 * nominal - 54 * dropped);
  const number = withDropped((start.frame + frameAt(seconds, frameRate)) % day, nominal, dropped);
  const whole = Math.floor(number / nominal);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map(two).join(":");
  return `${parts}${dropped > 0 ? ";" : ":"}${two(number % nominal)}`;
}

function droppedNumbers(frameRate: number, dropFrame: boolean): number {
  const nominal = nominalRate(frameRate);
  const slowed = Math.abs(frameRate * 1.001 - nominal) < 0.005;
  return dropFrame && slowed ? (DROPPED[nominal] ?? 0) : 0;
}

/** The number that a frame is called by. */
function withDropped(frame: number, nominal: number, dropped: number): number {
  const minute = 60 * nominal - dropped;
  const ten = 600 * nominal - 9 * dropped;
  const into = frame % ten;
  // The first minute of ten drops nothing.
  const minutes = into < 60 * nominal ? 0 : 1 + Math.floor((into - 60 * nominal) / minute);
  return frame + dropped * (9 * Math.floor(frame / ten) + minutes);
}

const two = (value: number): string => String(value).padStart(2, "0");
