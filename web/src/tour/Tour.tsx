import { useSyncExternalStore } from "react";
import { useKeySettings } from "../actions/keyStore";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { endTour, nextStep, sentenceOf, STEPS, subscribeToTour, tourStep } from "./tour";

/** Shows round the comparison of the sample, a sentence at a time. */
export function Tour() {
  const texts = useTexts();
  const t = texts.tour;
  const { keys } = useKeySettings();
  const step = useSyncExternalStore(subscribeToTour, tourStep);
  if (step === undefined) return null;
  const shown = STEPS[step];
  const last = step === STEPS.length - 1;
  return (
    <section
      aria-label={t.name}
      className="enter fixed bottom-4 left-4 z-30 w-[min(24rem,calc(100vw-2rem))] rounded-md border border-line-strong bg-panel p-4 shadow-2xl"
    >
      <p role="status" className="text-sm">
        {shown && sentenceOf(shown, keys, texts)}
      </p>
      <div className="mt-3 flex items-center gap-2">
        <p className="tc flex-1 text-xs text-faint">
          {t.progress(step + 1, STEPS.length)}
        </p>
        {!last && (
          <Button look="quiet" onClick={endTour}>
            {t.skip}
          </Button>
        )}
        <Button look="primary" onClick={nextStep}>
          {last ? t.done : t.next}
        </Button>
      </div>
    </section>
  );
}
