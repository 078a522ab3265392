import { useSyncExternalStore } from "react";
import type { SessionState } from "../api/session";
import { session } from "../api/transport";

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.snapshot);
}
