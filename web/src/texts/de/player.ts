import type { Texts } from "..";

export const player: Texts["player"] = {
  monitor: (letter) => `Monitor ${letter}`,
  video: (letter) => `Video ${letter}`,
  changedPart: "Der geänderte Teil des Bildes",
  difference: "Differenz der Bilder",
  unpainted: "Ohne Verstärkung und Falschfarben: Dieser Browser lässt die Seite diese Bilder nicht auslesen.",
  wipe: "Wischblende von A nach B",
  wipeSpoken: (share) => `${share} von A`,
  lens: {
    name: "Bildausschnitt: Pfeiltasten bewegen ihn, Eingabe zeigt alles",
    hint: "Mit der Maus oder den Pfeiltasten verschieben; ein Klick zeigt alles",
  },
  nudge: {
    name: (letter) => `${letter} versetzen`,
    state: (letter, nudge) => `${letter} versetzen: ${nudge}`,
    hint: (letter) => `${letter} früher oder später zeigen`,
    before: (letter) => `${letter} läuft um`,
    behind: "versetzt",
    frame: (sign) => `${sign}1 Bild`,
    reset: "Zurücksetzen",
  },
  start: {
    name: (letter) => `Timecode von ${letter}`,
    hint: (letter) => `Wo der Timecode von ${letter} beginnt`,
    firstFrame: (letter) => `Das erste Bild von ${letter} liegt bei`,
    set: "Übernehmen",
    asInFile: "Wie in der Datei",
    form: "hh:mm:ss:ff, bei Drop-Frame mit einem Semikolon vor den Bildern.",
  },
  copy: {
    name: "Vorschaukopie",
    of: (letter) => `Vorschaukopie von ${letter}`,
    hint: "Vorschaukopie, höchstens 1280 × 720; verglichen wurde das Original",
    aside: "; verglichen wurde das Original",
    original: "Verglichen wurde das Original.",
    waiting: "wartet, bis sie an der Reihe ist",
    making: (codec, state) => `Dieser Browser kann ${codec} nicht abspielen. Eine Vorschaukopie entsteht: ${state}.`,
    makingForSound: (state) =>
      `Dieser Browser spielt diese Datei womöglich ohne Ton ab. Eine Vorschaukopie entsteht: ${state}.`,
    failed: (codec) =>
      `Dieser Browser kann ${codec} nicht abspielen, und es ließ sich keine Vorschaukopie anlegen.`,
    again: "Noch einmal anlegen",
    unplayable: (codec) =>
      `Dieser Browser spielt weder ${codec} noch die Vorschaukopie (VP9) ab. Der Vergleich ist trotzdem vollständig; ein anderer Browser zeigt die Bilder.`,
    unusualH264: "diese Art von H.264",
    unknownCodec: "dieses Video",
  },
  waits: {
    insertedInB: "Wartet: in B hinzugefügt",
    deletedInB: "Wartet: in B gelöscht",
    nothingHere: "Wartet: hier ist nichts",
    shorter: (letter) => `Wartet: in ${letter} kürzer`,
  },
  stage: {
    refused:
      "Die Bilder lassen sich nicht speichern: Sie kommen von einem anderen Server, und solche Bilder geben Browser nicht heraus.",
    unready: "Die Bilder lassen sich noch nicht speichern: Sie sind nicht geladen.",
    undrawable: "Die Bilder lassen sich nicht speichern: Dieser Browser kann kein PNG daraus machen.",
    noFullScreen: "Dieser Browser füllt hier nicht den ganzen Bildschirm.",
  },
};
