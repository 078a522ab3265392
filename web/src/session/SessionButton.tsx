import { session } from "../api/transport";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Menu } from "../ui/Menu";
import { useSession } from "./useSession";

/** Says who is signed in, and changes it. */
export function SessionButton({ onSignIn }: { readonly onSignIn: () => void }) {
  const state = useSession();
  if (state.status !== "signed-in" || !state.identity.hasApiKey) {
    return (
      <Button look="quiet" onClick={onSignIn}>
        <Icon name="key" /> Sign in
      </Button>
    );
  }
  return (
    <Menu
      trigger={
        <Button look="quiet">
          <Icon name="key" /> TwelveLabs
        </Button>
      }
      items={[
        { label: "Use another key", onSelect: onSignIn },
        { label: "Sign out", hint: "Back to the shared workspace", onSelect: () => void session.signOut().catch(() => undefined) },
      ]}
    />
  );
}
