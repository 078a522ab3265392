/** The two places for versions, kept while the tab lives. */
import { useSyncExternalStore } from "react";
import { session } from "../api/transport";
import { requestEmbedding } from "../tasks/useTasks";
import { uploadCalls } from "../upload/calls";
import { ResumeBook } from "../upload/resume";
import { Uploader } from "../upload/uploader";
import { FurtherUploads, type FurtherUpload } from "./further";
import { VersionSlot, type SlotCalls, type SlotState } from "./slot";

let chosenEngine = "";

const calls: SlotCalls = {
  async upload(file, options) {
    await session.token();
    return new Uploader(uploadCalls, resumeBook(), file, options).run();
  },
  async discard(file) {
    const book = resumeBook();
    const name = book.find(file);
    book.forget(file);
    // Best effort: an upload that is never completed expires by itself.
    if (name !== undefined) await uploadCalls.abortUpload({ name }).catch(() => undefined);
  },
  async embed(video, engine) {
    return (await requestEmbedding(video, engine)).name;
  },
};

/** Which upload each file of this workspace belongs to. */
export function resumeBook(): ResumeBook {
  const state = session.snapshot();
  return new ResumeBook(window.localStorage, state.status === "signed-in" ? state.identity.workspace : "");
}

export const slots = {
  a: new VersionSlot(calls, () => chosenEngine),
  b: new VersionSlot(calls, () => chosenEngine),
} as const;

// What is held belongs to the workspace in which it was uploaded.
let workspace: string | undefined;
session.subscribe(() => {
  const state = session.snapshot();
  if (state.status !== "signed-in") return;
  if (workspace !== undefined && workspace !== state.identity.workspace) {
    slots.a.clear();
    slots.b.clear();
  }
  workspace = state.identity.workspace;
});

/** What is dropped or chosen together: the first two are compared, the others uploaded. */
export const further = new FurtherUploads(calls.upload);

export function takeFiles(side: "a" | "b", files: Iterable<File>): void {
  const [first, second, ...others] = files;
  if (first) void slots[side].take(first);
  if (second) void slots[side === "a" ? "b" : "a"].take(second);
  further.add(others);
}

/** Whether leaving now would break something off. */
export function isSending(): boolean {
  const under = [slots.a, slots.b].some((slot) => slot.snapshot().status === "uploading");
  return under || further.snapshot().some(({ problem }) => problem === undefined);
}

// Uploads go on after a reload, but only once their files have been chosen again.
window.addEventListener("beforeunload", (event) => {
  if (isSending()) event.preventDefault();
});

export function useFurther(): readonly FurtherUpload[] {
  return useSyncExternalStore(further.subscribe, further.snapshot);
}

/** Uses another engine for what is held and for what comes; empty means the best one. */
export function chooseEngine(engine: string): void {
  if (engine === chosenEngine) return;
  chosenEngine = engine;
  for (const slot of [slots.a, slots.b]) {
    if (slot.snapshot().status === "video") void slot.again();
  }
}

export function useSlot(side: "a" | "b"): SlotState {
  const slot = slots[side];
  return useSyncExternalStore(slot.subscribe, slot.snapshot);
}
