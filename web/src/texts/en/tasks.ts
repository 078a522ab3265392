import { formats } from "./formats";

/** How far the analysis of a video is. */
export const tasks = {
  name: "Analysis",
  states: {
    UNSPECIFIED: "Unknown",
    QUEUED: "Waiting",
    PREPARING: "Preparing",
    PROCESSING: "Analysing",
    STORING: "Storing",
    SUCCEEDED: "Analysed",
    FAILED: "Failed",
    CANCELLED: "Cancelled",
  },
  attempt: (stage: string, attempt: number) => `${stage} (attempt ${formats.upTo(attempt, 0)})`,
  spoken: (percent: string, stage: string) => `${percent}, ${stage}`,
  left: (duration: string) => `about ${duration} left`,
  reconnecting: "reconnecting…",
  cancel: "Cancel",
  tryAgain: "Try again",
  analyse: "Analyse",
};
