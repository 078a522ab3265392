/** A pair of films to begin with, which set-up draws: they show each kind of difference once. */
import { texts } from "../texts";
import { startTour } from "../tour/tour";
import { takeFiles } from "./slots";

const FILES = ["first-cut.mp4", "second-cut.mp4"] as const;
const urlOf = (name: string): string => `/sample/${name}`;

/** Whether this server has them. */
export async function hasSample(signal: AbortSignal): Promise<boolean> {
  const answers = await Promise.all(FILES.map((name) => fetch(urlOf(name), { method: "HEAD", signal })));
  return answers.every(({ ok, headers }) => ok && (headers.get("content-type") ?? "").startsWith("video/"));
}

/** Takes them as if they had been dropped, and shows round once they are compared. */
export async function takeSample(): Promise<void> {
  const files = await Promise.all(
    FILES.map(async (name) => {
      const answer = await fetch(urlOf(name));
      if (!answer.ok) throw new Error(texts().workspace.sample.unreadable);
      return new File([await answer.blob()], texts().workspace.sample.fileName(name), { type: "video/mp4", lastModified: 0 });
    }),
  );
  startTour();
  takeFiles("a", files);
}
