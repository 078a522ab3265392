import { formats } from "./formats";

/** Lengths and sizes. */
export const time = {
  frames: (count: number) => `${count}f`,
  /** To a hundredth. */
  exactSeconds: (seconds: number) => `${formats.fixed(seconds, 2)} s`,
  moment: "a moment",
  seconds: (seconds: number) => `${seconds} s`,
  minutes: (minutes: number) => `${minutes} min`,
  hours: (hours: number) => `${formats.fixed(hours, 1)} h`,
};
