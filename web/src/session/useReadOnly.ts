import { useSession } from "./useSession";

/** Whether the page is open by a shared link, which lets look and change nothing. */
export function useReadOnly(): boolean {
  const state = useSession();
  return state.status === "signed-in" && state.identity.shared !== undefined;
}
