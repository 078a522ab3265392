import type { Texts } from "..";
import { formats } from "./formats";

export const time: Texts["time"] = {
  frames: (count) => `${count}f`,
  exactSeconds: (seconds) => `${formats.fixed(seconds, 2)} s`,
  moment: "einen Moment",
  seconds: (seconds) => `${seconds} s`,
  minutes: (minutes) => `${minutes} min`,
  hours: (hours) => `${formats.fixed(hours, 1)} h`,
};
