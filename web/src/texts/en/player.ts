/** Both pictures, and what lies upon them. `letter` is A or B. */
export const player = {
  monitor: (letter: string) => `Monitor ${letter}`,
  video: (letter: string) => `Video ${letter}`,
  changedPart: "The changed part of the picture",
  difference: "Difference of the pictures",
  unpainted: "Without gain and false colours: this browser does not let the page read these pictures.",
  wipe: "Wipe from A to B",
  wipeSpoken: (share: string) => `${share} A`,
  lens: {
    name: "Part of the pictures: arrow keys move it, Enter shows all",
    hint: "Drag the pictures or use the arrow keys; click to show all",
  },
  nudge: {
    name: (letter: string) => `Nudge ${letter}`,
    state: (letter: string, nudge: string) => `Nudge ${letter}: ${nudge}`,
    hint: (letter: string) => `Show ${letter} earlier or later`,
    /** Before and behind the nudge, which is set in figures of its own. */
    before: (letter: string) => `${letter} is shown`,
    behind: "beside its place",
    frame: (sign: string) => `${sign}1 frame`,
    reset: "Reset",
  },
  start: {
    name: (letter: string) => `Time code of ${letter}`,
    hint: (letter: string) => `Where the time code of ${letter} starts`,
    firstFrame: (letter: string) => `The first frame of ${letter} is`,
    set: "Set",
    asInFile: "As in the file",
    form: "hh:mm:ss:ff, with a semicolon before the frames when numbers are dropped.",
  },
  copy: {
    name: "Preview copy",
    of: (letter: string) => `Preview copy of ${letter}`,
    hint: "Preview copy, at most 1280 × 720; the comparison used the original",
    /** Follows the name for those who hear it. */
    aside: "; the comparison used the original",
    original: "The comparison used the original.",
    waiting: "waiting for its turn",
    making: (codec: string, state: string) =>
      `This browser cannot play ${codec}. A preview copy is being made: ${state}.`,
    makingForSound: (state: string) =>
      `This browser may play this file without its sound. A preview copy is being made: ${state}.`,
    failed: (codec: string) => `This browser cannot play ${codec}, and no preview copy could be made.`,
    again: "Make it again",
    unplayable: (codec: string) =>
      `This browser plays neither ${codec} nor the preview copy (VP9). The comparison is complete all the same; another browser shows the pictures.`,
    /** In place of a codec's name. */
    unusualH264: "this kind of H.264",
    unknownCodec: "this video",
  },
  waits: {
    insertedInB: "Waits: inserted in B",
    deletedInB: "Waits: deleted in B",
    nothingHere: "Waits: nothing here",
    shorter: (letter: string) => `Waits: shorter in ${letter}`,
  },
  /** Why there is no still, or no full screen. */
  stage: {
    refused: "The pictures cannot be saved: they come from another server, whose pictures browsers do not hand out.",
    unready: "The pictures cannot be saved: they are not loaded yet.",
    undrawable: "The pictures cannot be saved: this browser cannot make a PNG of them.",
    noFullScreen: "This browser does not fill the screen here.",
  },
};
