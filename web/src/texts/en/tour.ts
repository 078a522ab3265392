export const tour = {
  name: "Tour",
  steps: {
    /** With names of keys, as in the next one. */
    players: (play: string, back: string, on: string) =>
      `Both versions play in step: ${play} starts them, ${back} and ${on} go from frame to frame.`,
    edits: (previous: string, next: string) =>
      `Each row on the right is an edit. A click plays both versions from there; ${previous} and ${next} go to the one before and the next.`,
    timeline:
      "The timeline shows where edits lie in A and in B: replaced, inserted, deleted, moved and retimed, each with its letter and colour.",
    threshold: "The slider says how different is different. It acts at once, without comparing anew.",
    review:
      "Notes and marks are kept for your workspace. Share shows them to others, and Export writes a report or a file for your editing program.",
  },
  /** Instead of the name of a key. */
  withoutKey: (action: string) => `“${action}”`,
  progress: (step: number, steps: number) => `${step} of ${steps}`,
  skip: "Skip",
  next: "Next",
  done: "Done",
};
