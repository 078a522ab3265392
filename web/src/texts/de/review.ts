import type { Texts } from "..";
import { formats } from "./formats";

const { counted } = formats;

export const review: Texts["review"] = {
  bar: {
    name: "Sichtung",
    comparisonName: "Name des Vergleichs",
    rename: "Vergleich umbenennen",
    share: "Freigeben",
    status: "Stand",
    keeps: "Notizen und Markierungen halten den Vergleich im Arbeitsbereich fest.",
    looking: "Notizen werden gesucht…",
    save: "Speichern",
    close: "Schließen",
  },
  statuses: { "in-review": "In Sichtung", approved: "Abgenommen", "needs-changes": "Zu ändern" },
  marks: {
    reviewed: (edit) => `Geprüft: ${edit}`,
    ignore: (edit) => `Ignorieren: ${edit}`,
  },
  notes: {
    name: "Notizen",
    none: "Noch keine Notizen.",
    seenByAll: "Was hier steht, sehen alle im Arbeitsbereich.",
    new: "Neue Notiz",
    at: (timecode) => `Notiz bei ${timecode}`,
    author: "Name",
    cancel: "Abbrechen",
    add: "Hinzufügen",
    go: "Zur Stelle der Notiz springen",
    edit: "Notiz bearbeiten",
    delete: "Notiz löschen",
    text: "Text der Notiz",
    keep: "Übernehmen",
    somebody: "Jemand",
  },
  sharing: {
    title: "Diesen Vergleich freigeben",
    description:
      "Wer einen Link hat, sieht diesen Vergleich, seine Notizen und beide Videos, aber nichts anderes aus dem Arbeitsbereich. Ändern lässt sich damit nichts, und eine Anmeldung ist nicht nötig.",
    links: "Freigegebene Links",
    anybody: "Alle",
    revoke: "Zurückziehen",
    revokeFor: (name) => `Link zurückziehen: ${name}`,
    revokeForAnybody: "Link für alle zurückziehen",
    forWhom: "Für wen",
    forWhomHint: "Die Agentur",
    lifetime: "Wie lange er gilt",
    lifetimes: { 1: "Einen Tag", 7: "Eine Woche", 30: "30 Tage", 90: "90 Tage", 364: "Ein Jahr" },
    create: "Link erstellen",
    link: "Der Link",
    copy: "Kopieren",
    copied: "Kopiert",
    wasCopied: "Der Link ist kopiert.",
    shownOnce: "Der Link wird nur dieses eine Mal gezeigt.",
    daysLeft: (days) => `noch ${counted(days, { one: "Tag", other: "Tage" })}`,
    hoursLeft: (hours) => `noch ${counted(hours, { one: "Stunde", other: "Stunden" })}`,
    underAnHour: "noch weniger als eine Stunde",
    expired: "abgelaufen",
  },
};
