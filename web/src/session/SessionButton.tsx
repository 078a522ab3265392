import { useState } from "react";
import { session } from "../api/transport";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { LanguageMenu } from "../ui/LanguageMenu";
import { useLanguageItems } from "../ui/languages";
import { Menu, type MenuItem } from "../ui/Menu";
import { TokensDialog } from "./TokensDialog";
import { useSession } from "./useSession";

/** Says who is signed in, and changes it; what else a person sets for the page is in its menu. */
export function SessionButton({ onSignIn }: { readonly onSignIn: () => void }) {
  const t = useTexts().session;
  const languages = useLanguageItems();
  const state = useSession();
  const [tokens, setTokens] = useState(false);
  if (state.status !== "signed-in") {
    return (
      <div className="flex items-center">
        <LanguageMenu />
        <Button look="quiet" onClick={onSignIn}>
          <Icon name="key" /> {t.signIn}
        </Button>
      </div>
    );
  }
  const { hasApiKey } = state.identity;
  const apiTokens: MenuItem = {
    label: t.apiTokens,
    hint: t.apiTokensHint,
    onSelect: () => setTokens(true),
  };
  const items: readonly MenuItem[] = hasApiKey
    ? [
        { label: t.anotherKey, onSelect: onSignIn },
        apiTokens,
        { label: t.signOut, hint: t.signOutHint, onSelect: () => void session.signOut().catch(() => undefined) },
      ]
    : [{ label: t.signIn, hint: t.signInHint, onSelect: onSignIn }, apiTokens];
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet">
            <Icon name="key" /> {hasApiKey ? t.withKey : t.sharedWorkspace}
          </Button>
        }
        items={[...items, ...languages]}
      />
      {tokens && <TokensDialog onClose={() => setTokens(false)} />}
    </>
  );
}
