import { formats } from "./formats";

const edits = (count: number): string => formats.counted(count, { one: "edit", other: "edits" });

/** How a comparison is told. */
export const domain = {
  /** A word, a letter for the mark, and a sentence for each kind of region. */
  kinds: {
    UNCHANGED: { word: "Unchanged", letter: "U", meaning: "The same on both sides" },
    REPLACED: { word: "Replaced", letter: "R", meaning: "Other content in the same place" },
    INSERTED: { word: "Inserted", letter: "I", meaning: "Only in B" },
    DELETED: { word: "Deleted", letter: "D", meaning: "Only in A" },
    MOVED: { word: "Moved", letter: "M", meaning: "The same content in another place" },
    RETIMED: { word: "Retimed", letter: "T", meaning: "The same content at another speed" },
  },
  /** Why a stretch counts as replaced, by itself. */
  reasons: { CONTENT: "Other content", LOOK: "Another look", OVERLAY: "Over a part" },
  /** The same where it follows the modality; empty where nothing need be said. */
  reasonsBeside: { CONTENT: "", LOOK: "another look", OVERLAY: "over a part" },
  modalities: { visual: "Picture", audio: "Sound", transcription: "Speech" },
  /** Several modalities of one edit: "Picture and sound". */
  together: (modalities: readonly string[]) => {
    const [first = "", ...others] = modalities;
    const all = [first, ...others.map((word) => word.toLowerCase())];
    return others.length === 0 ? first : `${all.slice(0, -1).join(", ")} and ${all.at(-1) ?? ""}`;
  },
  edits,
  /** What a comparison comes to. */
  verdict: {
    comparing: "Comparing…",
    reencoded: "Only re-encoded",
    looksDifferent: "B looks different throughout",
    outOfStep: "the sound is out of step",
    soundDiffers: "the sound differs",
    /** Edits, and what there is beside them. */
    all: (parts: readonly string[]) =>
      parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")}, and ${parts.at(-1) ?? ""}`,
    noEditsBut: (parts: string) => `No edits, but ${parts}`,
    sameInBoth: "No difference in what both have",
    none: "No edits found",
  },
  /** What the percentage means. */
  similarityMeaning:
    "How much of the time of both versions is the same, in picture and sound. A long video with a short edit is close to 100%; how different the edited parts look does not count.",
  milliseconds: (value: number) => `${formats.upTo(value, 0)} ms`,
  /** For a file whose video has no name that can be used. */
  unnamedFile: "video",
};
