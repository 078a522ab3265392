/** Names for files that are saved. */
import { texts } from "../texts";

/** A video's name without its extension and without what file systems refuse. */
export function exportName(displayName: string): string {
  return displayName.replace(/\.[^.]{1,5}$/, "").replace(/[\\/:*?"<>|]+/g, "_") || texts().domain.unnamedFile;
}
