import type { Texts } from "..";

export const tour: Texts["tour"] = {
  name: "Rundgang",
  steps: {
    players: (play, back, on) =>
      `Beide Fassungen laufen synchron: ${play} startet sie, ${back} und ${on} gehen von Bild zu Bild.`,
    edits: (previous, next) =>
      `Jede Zeile rechts ist eine Änderung. Ein Klick spielt beide Fassungen von dort ab; ${previous} und ${next} gehen zur vorigen und zur nächsten.`,
    timeline:
      "Die Timeline zeigt, wo Änderungen in A und in B liegen: ersetzt, hinzugefügt, gelöscht, verschoben oder im Tempo geändert, jede mit Buchstabe und Farbe.",
    threshold: "Der Regler legt fest, ab wann etwas als verschieden gilt. Er wirkt sofort, ohne neuen Vergleich.",
    review:
      "Notizen und Markierungen bleiben im Arbeitsbereich erhalten. „Freigeben“ zeigt sie anderen, „Export“ schreibt einen Bericht oder eine Datei für das Schnittprogramm.",
  },
  withoutKey: (action) => `„${action}“`,
  progress: (step, steps) => `${step} von ${steps}`,
  skip: "Überspringen",
  next: "Weiter",
  done: "Fertig",
};
