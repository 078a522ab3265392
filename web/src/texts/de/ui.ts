import type { Texts } from "..";

export const ui: Texts["ui"] = {
  close: "Schließen",
  tryAgain: "Erneut versuchen",
  cannotBeShown: (pane) => `${pane} kann nicht angezeigt werden. Alles andere läuft weiter.`,
  quoted: (title) => `„${title}“`,
};
