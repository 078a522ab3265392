import type { Texts } from "..";
import { formats } from "./formats";

export const domain: Texts["domain"] = {
  kinds: {
    UNCHANGED: { word: "Unverändert", letter: "U", meaning: "Auf beiden Seiten gleich" },
    REPLACED: { word: "Ersetzt", letter: "E", meaning: "Anderer Inhalt an derselben Stelle" },
    INSERTED: { word: "Hinzugefügt", letter: "H", meaning: "Nur in B" },
    DELETED: { word: "Gelöscht", letter: "G", meaning: "Nur in A" },
    MOVED: { word: "Verschoben", letter: "V", meaning: "Derselbe Inhalt an anderer Stelle" },
    RETIMED: { word: "Tempo", letter: "T", meaning: "Derselbe Inhalt in anderer Geschwindigkeit" },
  },
  reasons: { CONTENT: "Anderer Inhalt", LOOK: "Anderer Look", OVERLAY: "Über einem Bildteil" },
  reasonsBeside: { CONTENT: "", LOOK: "anderer Look", OVERLAY: "über einem Bildteil" },
  modalities: { visual: "Bild", audio: "Ton", transcription: "Sprache" },
  together: formats.list,
  edits: (count) => formats.counted(count, { one: "Änderung", other: "Änderungen" }),
  verdict: {
    comparing: "Wird verglichen…",
    reencoded: "Nur neu kodiert",
    looksDifferent: "B sieht durchgehend anders aus",
    outOfStep: "der Ton ist nicht synchron",
    soundDiffers: "der Ton ist anders",
    all: formats.list,
    noEditsBut: (parts) => `Keine Änderungen, aber ${parts}`,
    sameInBoth: "Kein Unterschied in dem, was beide haben",
    none: "Keine Änderungen gefunden",
  },
  similarityMeaning:
    "Welcher Anteil der Zeit beider Fassungen in Bild und Ton gleich ist. Ein langes Video mit einer kurzen Änderung liegt nahe 100 %; wie verschieden die geänderten Teile aussehen, zählt nicht.",
  milliseconds: (value) => `${formats.upTo(value, 0)} ms`,
  unnamedFile: "Video",
};
