import type { Texts } from "..";

export const app: Texts["app"] = {
  title: "SAGE",
  titleOf: (a, b) => `${a} / ${b} – SAGE`,
  connecting: "Verbindung wird aufgebaut…",
  notSignedIn: "Nicht angemeldet.",
  opening: "Wird geöffnet…",
  language: "Sprache",
  engines: { local: "Lokal (auf diesem Server)" },
};
