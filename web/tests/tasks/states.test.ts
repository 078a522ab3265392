import { create } from "@bufbuild/protobuf";
import { afterEach, describe, expect, it } from "vitest";
import { EmbeddingTask_State as State, EmbeddingTaskSchema } from "../../src/gen/sage/embed/v1/embed_pb";
import { particulars, stageText } from "../../src/tasks/states";
import { speak } from "../../src/texts";

const task = (state: State, stage = "") => create(EmbeddingTaskSchema, { state, stage });
const told = (state: State, stage?: string) => [stageText(task(state, stage)), particulars(task(state, stage))];

describe("what goes on in a task", () => {
  afterEach(() => speak("en"));

  it("is told in the service's words where it has any", () => {
    expect(told(State.PROCESSING, "Embedding the pictures")).toEqual(["Embedding the pictures", undefined]);
    expect(told(State.PROCESSING)).toEqual(["Analysing", undefined]);
    expect(told(State.CANCELLED, "Cancelled by a person")).toEqual(["Cancelled", undefined]);
  });

  it("is told in the page's words in another language, above the service's", async () => {
    await speak("de");
    expect(told(State.PROCESSING, "Embedding the pictures")).toEqual(["Wird analysiert", "Embedding the pictures"]);
    expect(told(State.QUEUED)).toEqual(["Wartet", undefined]);
    expect(told(State.CANCELLED, "Cancelled by a person")).toEqual(["Abgebrochen", undefined]);
  });

  it("has a name for every state, also for those to come", () => {
    const states = Object.values(State).filter((state) => typeof state === "number");
    expect(new Set(states.map((state) => stageText(task(state)))).size).toBe(states.length);
    expect(stageText(Object.assign(task(State.QUEUED), { state: 99 }))).toBe("Unknown");
  });
});
