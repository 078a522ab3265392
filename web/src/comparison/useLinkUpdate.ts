/** Keeps the address up to date, so that it can be copied at any time and a reload comes back here. */
import { useEffect } from "react";
import type { PlayerController } from "../player/controller";
import { replaceQuery } from "../route";
import { formatLink, type ComparisonLink } from "../domain/link";

/** Browsers refuse addresses that change too often. */
const AFTER_MS = 300;

export function useLinkUpdate(
  link: ComparisonLink,
  threshold: number,
  player: PlayerController,
  ready: boolean,
): void {
  useEffect(() => {
    if (!ready) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = player.onTime(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const { nudges } = player.snapshot();
        replaceQuery(formatLink({ ...link, threshold, nudges, time: player.time }));
      }, AFTER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [link, threshold, player, ready]);
}
