import type { Texts } from "..";

export const upload: Texts["upload"] = {
  fileChanged: (fileName) =>
    `${fileName} wurde während des Lesens geändert oder entfernt. Bitte warten, bis nichts mehr in die Datei schreibt, und sie dann erneut wählen.`,
};
