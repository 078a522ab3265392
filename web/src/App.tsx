import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { recovering } from "./api/recovery";
import type { SessionState } from "./api/session";
import { session } from "./api/transport";
import { parseLink } from "./domain/link";
import { useQuery } from "./route";
import { SessionButton } from "./session/SessionButton";
import { SharedPage, SharedProblem } from "./session/SharedPage";
import { SignInDialog } from "./session/SignInDialog";
import { useSession } from "./session/useSession";
import { useTexts } from "./texts/useTexts";
import { WorkspacePage } from "./workspace/WorkspacePage";

// The library opens without it; it is fetched meanwhile.
const loadComparison = () => import("./comparison/ComparisonPage");
const Tour = lazy(() => import("./tour/Tour").then((module) => ({ default: module.Tour })));
const ComparisonPage = lazy(() => loadComparison().then((module) => ({ default: module.ComparisonPage })));

/** The whole page: the workspace, or a comparison when the address names one. */
export function App() {
  const t = useTexts().app;
  const query = useQuery();
  const link = useMemo(() => parseLink(query), [query]);
  const state = useSession();
  const [signingIn, setSigningIn] = useState(false);
  const signIn = (): void => setSigningIn(true);

  useEffect(() => {
    const opening = new AbortController();
    const { signal } = opening;
    // Failures show in the session's state, which opens the dialog.
    void recovering(() => session.token(), { signal, tell: () => undefined });
    void loadComparison();
    return () => opening.abort();
  }, []);

  const workspace = workspaceOf(state);
  const shared = state.status === "signed-in" ? state.identity.shared : undefined;
  if (state.status === "signed-out" && state.problem.reason === "LINK_ENDED") {
    return <SharedProblem problem={state.problem} />;
  }
  if (shared !== undefined && !link) return <SharedPage name={shared} />;
  return (
    <>
      {link && workspace ? (
        // Other videos are another view, with a playhead of its own; other options are not.
        <Suspense fallback={<Opening />}>
          <ComparisonPage key={[workspace, link.a, link.b, link.saved].join(" ")} link={link} onSignIn={signIn} />
        </Suspense>
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
              {state.status === "signing-in" ? t.connecting : t.notSignedIn}
            </p>
          )}
        </div>
      )}
      {link && workspace && (
        <Suspense fallback={null}>
          <Tour />
        </Suspense>
      )}
      <SignInDialog open={signingIn} onClose={() => setSigningIn(false)} />
    </>
  );
}

function Opening() {
  const t = useTexts().app;
  return (
    <p role="status" className="p-10 text-center text-dim">
      {t.opening}
    </p>
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
