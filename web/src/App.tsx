import { useEffect, useMemo, useState } from "react";
import type { SessionState } from "./api/session";
import { session } from "./api/transport";
import { ComparisonPage } from "./comparison/ComparisonPage";
import { formatLink, parseLink, usualThreshold } from "./comparison/link";
import { useQuery } from "./route";
import { SessionButton } from "./session/SessionButton";
import { SignInDialog } from "./session/SignInDialog";
import { useSession } from "./session/useSession";
import { WorkspacePage } from "./workspace/WorkspacePage";

/** The whole page: the workspace, or a comparison when the address names one. */
export function App() {
  const query = useQuery();
  const link = useMemo(() => parseLink(query), [query]);
  const state = useSession();
  const [signingIn, setSigningIn] = useState(false);
  const signIn = (): void => setSigningIn(true);

  useEffect(() => {
    // Failures show in the session's state, which opens the dialog.
    session.token().catch(() => undefined);
  }, []);

  const workspace = workspaceOf(state);
  return (
    <>
      {link && workspace ? (
        // Another address is another view, with a playhead of its own.
        <ComparisonPage key={`${workspace} ${formatLink({ ...link, time: 0, threshold: usualThreshold(link.metric) })}`} link={link} onSignIn={signIn} />
      ) : (
        <div className="h-full overflow-y-auto">
          <header className="flex h-11 items-center justify-between border-b border-line bg-panel px-4">
            <p className="flex items-center gap-2 font-semibold tracking-[0.08em]">
              <Mark /> SAGE
            </p>
            <SessionButton onSignIn={signIn} />
          </header>
          {workspace ? (
            <WorkspacePage workspace={workspace} />
          ) : (
            <p role="status" className="p-10 text-center text-dim">
              {state.status === "signing-in" ? "Connecting…" : "Not signed in."}
            </p>
          )}
        </div>
      )}
      <SignInDialog open={signingIn} onClose={() => setSigningIn(false)} />
    </>
  );
}

/** The workspace that is open; what is shown stays while its session is renewed. */
function workspaceOf(state: SessionState): string {
  if (state.status === "signed-in") return state.identity.workspace;
  return state.status === "signing-in" ? (state.workspace ?? "") : "";
}

/** Two takes, the second with a hole in it. */
function Mark() {
  return (
    <svg viewBox="0 0 22 16" width={22} height={16} aria-hidden="true">
      <rect width={22} height={6} y={1} fill="var(--version-a)" />
      <rect width={8} height={6} y={9} fill="var(--version-b)" />
      <rect width={8} height={6} x={14} y={9} fill="var(--version-b)" />
    </svg>
  );
}
