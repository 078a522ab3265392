import type { Texts } from "..";

export const report: Texts["report"] = {
  noReport: "Das ist kein Bericht.",
};
