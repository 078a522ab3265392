import { formats } from "./formats";

const { counted, list, plural } = formats;

export const workspace = {
  page: {
    title: "Compare two versions",
    about: "SAGE finds what was replaced, inserted, deleted, moved or retimed, and plays both in step.",
    startOver: "Start over",
    showComparison: "Show the comparison",
    /** What is missing when it fails. */
    panes: {
      a: "Version A",
      b: "Version B",
      uploads: "The list of uploads",
      comparisons: "The list of comparisons",
      videos: "The list of videos",
    },
  },
  card: {
    a: { name: "Earlier version", takeOut: "Take the earlier version out", choose: "Version A" },
    b: { name: "Later version", takeOut: "Take the later version out", choose: "Version B" },
    tryAgain: "Try again",
    anotherFile: "Choose another file",
    /** Before `chooseFile`, which looks like a link. */
    dropHere: "Drop a video here, or",
    chooseFile: "choose a file",
    anyLength: "Any length. An interrupted upload goes on where it stopped.",
  },
  upload: {
    name: "Upload",
    stages: {
      starting: "Starting",
      sending: "Uploading",
      waiting: "Connection lost, trying again",
      checking: "Looking into the file",
    },
    uploaded: (percent: number) => `${formats.percent(percent)} uploaded`,
    paused: "Paused; what has arrived stays",
    resumed: (stage: string) => `${stage}, continued where it stopped`,
    rate: (size: string) => `${size}/s`,
    left: (duration: string) => `${duration} left`,
    pause: "Pause",
    resume: "Resume",
    cancel: "Cancel",
    reallyCancel: "Cancel this upload?",
    wouldBeLost: (size: string) => `${size} have arrived, and would be thrown away.`,
    keepOn: "Keep uploading",
    throwAway: "Throw it away",
  },
  further: {
    name: "Further uploads",
    close: "Close",
    waits: "Waits for its turn.",
  },
  pending: {
    name: "Unfinished uploads",
    waiting: (count: number) =>
      plural(count, {
        one: "1 upload waits for its file: choose it again, and only what is missing is sent.",
        other: `${count} uploads wait for their files: choose them again, and only what is missing is sent.`,
      }),
    choose: (count: number) => plural(count, { one: "Choose the file", other: "Choose the files" }),
    giveUp: "Give up",
    giveUpOf: (video: string) => `Give up the upload of ${video}`,
    notAwaited: (names: readonly string[]) =>
      `No upload waits for ${names.join(", ")}: the name and the size have to be those of before.`,
  },
  sample: {
    offer: "Nothing at hand? Two short films show each kind of difference once.",
    take: "Try the sample",
    unreadable: "The sample films cannot be read.",
    fileName: (name: string) => `sample ${name}`,
  },
  comparisons: {
    name: "Comparisons",
    tryAgain: "Try again",
    more: "Show more",
    delete: "Delete",
    deleteOf: (comparison: string) => `Delete ${comparison}`,
    reallyDelete: (comparison: string) => `Delete ${comparison}?`,
    deleteMeans: "Its notes and marks are removed for everybody in your workspace. The videos stay.",
    keep: "Keep it",
    notes: (count: number) => counted(count, { one: "note", other: "notes" }),
    reviewed: (count: number) => `${count} reviewed`,
    ignored: (count: number) => `${count} ignored`,
  },
  videos: {
    name: "In this workspace",
    used: (used: string, limit: string) => `${used} of ${limit}`,
    delete: "Delete",
    deleteCount: (count: number) => `Delete ${count}`,
    deleteOf: (video: string) => `Delete ${video}`,
    search: "Search the videos",
    searchHint: "Search",
    order: "Order",
    orders: { newest: "Newest first", name: "By name", longest: "Longest first", largest: "Largest first" },
    tryAgain: "Try again",
    reading: "Reading the list…",
    readingOn: "Reading the rest of the list…",
    noneFound: "No video has this in its name.",
    none: "Nothing yet. Videos you compare stay here, ready to be used again.",
    reallyDelete: (video: string) => `Delete ${video}?`,
    reallyDeleteCount: (count: number) => `Delete ${count} videos?`,
    deleteMeans: (count: number) =>
      plural(count, {
        one: "Its file is removed for good, and its comparisons can no longer be played.",
        other: "Their files are removed for good, and their comparisons can no longer be played.",
      }),
    keep: (count: number) => plural(count, { one: "Keep it", other: "Keep them" }),
    choose: (video: string) => `Choose ${video}`,
    newName: (video: string) => `New name of ${video}`,
    rename: (video: string) => `Rename ${video}`,
    /** Before the letter of the version. */
    useAs: "Use as",
    useAsOf: (version: string, video: string) => `Use as ${version}: ${video}`,
    framesPerSecond: (rate: number) => `${formats.upTo(rate, 3)} fps`,
    noSound: "no sound",
  },
  engines: {
    name: "Engine",
    best: "Best available engine",
    none: "No engine can work for this workspace at the moment.",
    /** With an engine that works on this server. */
    analysedHere: (engine: string) => `Videos are analysed by ${engine}; they do not leave it.`,
    analysedBy: (engine: string) => `Videos are analysed by ${engine}.`,
    keyAdds: (engines: readonly string[]) => `Signing in with a key adds ${list(engines)}.`,
  },
};
