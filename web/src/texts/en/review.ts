import { formats } from "./formats";

const { counted } = formats;

/** What people keep of a comparison, and whom they show it to. */
export const review = {
  bar: {
    name: "Review",
    comparisonName: "Name of the comparison",
    rename: "Rename the comparison",
    share: "Share",
    status: "Status",
    keeps: "Notes and marks keep this comparison for your workspace.",
    looking: "Looking for notes…",
    save: "Save",
    close: "Close",
  },
  /** How far a review is; there is room for two short words. */
  statuses: { "in-review": "In review", approved: "Approved", "needs-changes": "Needs changes" },
  marks: {
    reviewed: (edit: string) => `Reviewed: ${edit}`,
    ignore: (edit: string) => `Ignore: ${edit}`,
  },
  notes: {
    name: "Notes",
    none: "No notes yet.",
    seenByAll: "Everybody in your workspace sees what you write here.",
    new: "New note",
    at: (timecode: string) => `Note at ${timecode}`,
    author: "Your name",
    cancel: "Cancel",
    add: "Add",
    go: "Go to the moment of the note",
    edit: "Edit the note",
    delete: "Delete the note",
    text: "Text of the note",
    keep: "Keep",
    somebody: "Somebody",
  },
  sharing: {
    title: "Share this comparison",
    description:
      "Whoever has a link sees this comparison, its notes and both videos, and nothing else of your workspace. They can change nothing, and need no session.",
    links: "Links",
    anybody: "Anybody",
    revoke: "Revoke",
    revokeFor: (name: string) => `Revoke the link for ${name}`,
    revokeForAnybody: "Revoke the link for anybody",
    forWhom: "For whom",
    forWhomHint: "The agency",
    lifetime: "How long it lasts",
    /** By days. */
    lifetimes: { 1: "For a day", 7: "For a week", 30: "For 30 days", 90: "For 90 days", 364: "For a year" },
    create: "Make a link",
    link: "The link",
    copy: "Copy",
    copied: "Copied",
    wasCopied: "The link was copied.",
    shownOnce: "The link is shown this once.",
    daysLeft: (days: number) => `${counted(days, { one: "day", other: "days" })} left`,
    hoursLeft: (hours: number) => `${counted(hours, { one: "hour", other: "hours" })} left`,
    underAnHour: "less than an hour left",
    expired: "expired",
  },
};
