export const ui = {
  close: "Close",
  tryAgain: "Try again",
  /** In place of a pane that failed, by its name: "The timeline". */
  cannotBeShown: (pane: string) => `${pane} cannot be shown. The rest goes on.`,
  quoted: (title: string) => `“${title}”`,
};
