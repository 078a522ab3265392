import type { Texts } from "..";

export const session: Texts["session"] = {
  signIn: "Anmelden",
  signInHint: "Mit einem TwelveLabs-Schlüssel, in einen eigenen Arbeitsbereich",
  anotherKey: "Anderen Schlüssel verwenden",
  signOut: "Abmelden",
  signOutHint: "Zurück in den gemeinsamen Arbeitsbereich",
  apiTokens: "API-Tokens",
  apiTokensHint: "Für Programme, die in diesem Arbeitsbereich arbeiten",
  withKey: "TwelveLabs",
  sharedWorkspace: "Gemeinsamer Bereich",
  dialog: {
    title: "Mit einem TwelveLabs-Schlüssel anmelden",
    description:
      "Der Schlüssel öffnet einen eigenen Arbeitsbereich und die Cloud-Engine. Der Server bewahrt ihn verschlüsselt auf und zeigt ihn nie wieder.",
    offline: "SAGE ist nicht erreichbar",
    offlineDescription: "Nichts geht verloren. Sobald der Server wieder da ist, geht es weiter.",
    key: "API-Schlüssel",
    withoutKey: "Ohne Schlüssel weiter",
    checking: "Schlüssel wird geprüft…",
  },
  tokens: {
    description:
      "Ein Programm mit Token arbeitet ohne Anmeldung in diesem Arbeitsbereich: Es schickt ihn als Bearer-Token mit jedem Aufruf; der Befehl sage liest ihn aus SAGE_TOKEN.",
    list: "Vorhandene Tokens",
    none: "Noch keine.",
    revoke: "Zurückziehen",
    revokeOf: (name) => `${name} zurückziehen`,
    user: "Wofür",
    scope: "Was erlaubt ist",
    scopes: { read: "Lesen", write: "Lesen und schreiben" },
    lifetime: "Wie lange er gilt",
    lifetimes: { 30: "30 Tage", 90: "90 Tage", 365: "1 Jahr" },
    create: "Token erstellen",
    creating: "Wird erstellt…",
    secret: (name) => `Der Token für „${name}“. Jetzt kopieren: Er wird nicht noch einmal gezeigt.`,
    reads: "Liest",
    writes: "Liest und schreibt",
    until: (does, day) => `${does} bis ${day}`,
  },
  shared: {
    opening: "Der freigegebene Vergleich wird geöffnet…",
    nothing: "Dieser Link öffnet nichts",
  },
};
