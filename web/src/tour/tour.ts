/** Whether somebody is being shown round, and how far they are. */
import { keyName, type ActionId } from "../actions/action";
import type { Keys } from "../actions/bindings";
import type { Texts } from "../texts";

/** What is shown, one after the other; the catalogue has a sentence for each. */
export const STEPS = ["players", "edits", "timeline", "threshold", "review"] as const;

/** What is said, with the keys as this person has them; an action without one is called by its name. */
export function sentenceOf(step: (typeof STEPS)[number], keys: Keys, { tour, actions }: Texts): string {
  // The last is the one to remember: of letters and arrows, the arrow.
  const named = (id: ActionId): string => {
    const key = keys.get(id)?.at(-1);
    return key === undefined ? tour.withoutKey(actions.labels[id]) : keyName(key);
  };
  switch (step) {
    case "players":
      return tour.steps.players(named("toggle"), named("frameBack"), named("frameOn"));
    case "edits":
      return tour.steps.edits(named("previous"), named("next"));
    default:
      return tour.steps[step];
  }
}

type Listener = () => void;
const listeners = new Set<Listener>();
let step: number | undefined;

function set(next: number | undefined): void {
  step = next;
  listeners.forEach((listener) => listener());
}

export const startTour = (): void => set(0);
export const endTour = (): void => set(undefined);
/** After the last step it ends. */
export const nextStep = (): void => set(step !== undefined && step + 1 < STEPS.length ? step + 1 : undefined);
export const tourStep = (): number | undefined => step;

export function subscribeToTour(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
