import type { Texts } from "..";
import { formats } from "./formats";

export const tasks: Texts["tasks"] = {
  name: "Analyse",
  states: {
    UNSPECIFIED: "Unbekannt",
    QUEUED: "Wartet",
    PREPARING: "Wird vorbereitet",
    PROCESSING: "Wird analysiert",
    STORING: "Wird gespeichert",
    SUCCEEDED: "Analysiert",
    FAILED: "Fehlgeschlagen",
    CANCELLED: "Abgebrochen",
  },
  attempt: (stage, attempt) => `${stage} (Versuch ${formats.upTo(attempt, 0)})`,
  spoken: (percent, stage) => `${percent}, ${stage}`,
  left: (duration) => `noch etwa ${duration}`,
  reconnecting: "verbindet neu…",
  cancel: "Abbrechen",
  tryAgain: "Erneut versuchen",
  analyse: "Analysieren",
};
