/** The two places for versions, kept while the tab lives. */
import { useSyncExternalStore } from "react";
import { session } from "../api/transport";
import { requestEmbedding } from "../tasks/useTasks";
import { uploadCalls } from "../upload/calls";
import { ResumeBook } from "../upload/resume";
import { Uploader } from "../upload/uploader";
import { VersionSlot, type SlotCalls, type SlotState } from "./slot";

let chosenEngine = "";

const calls: SlotCalls = {
  async upload(file, options) {
    await session.token();
    const state = session.snapshot();
    const workspace = state.status === "signed-in" ? state.identity.workspace : "";
    return new Uploader(uploadCalls, new ResumeBook(window.localStorage, workspace), file, options).run();
  },
  async embed(video, engine) {
    return (await requestEmbedding(video, engine)).name;
  },
};

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
