export const app = {
  title: "SAGE",
  /** Of the window, while two versions are compared. */
  titleOf: (a: string, b: string) => `${a} / ${b} – SAGE`,
  connecting: "Connecting…",
  notSignedIn: "Not signed in.",
  opening: "Opening…",
  language: "Language",
  /** Engines whose names are words, by their resource names; others are called as they call themselves. */
  engines: { local: "Local (on this server)" },
};
