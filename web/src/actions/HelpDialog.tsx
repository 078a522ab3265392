import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import type { ActionGroup } from "./action";
import { ALL_ACTIONS } from "./actions";
import { KeyRow } from "./KeyRow";
import { keyStore, useKeySettings } from "./keyStore";

const GROUPS: readonly ActionGroup[] = ["playing", "edits", "review", "pictures", "timeline", "page"];

/** Every action with its keys, which can be changed. */
export function HelpDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const t = useTexts().actions;
  const settings = useKeySettings();
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title={t.keys}>
      {GROUPS.map((group) => (
        <section key={group} className="mb-4">
          <h3 className="mb-1 text-xs font-semibold text-faint">{t.groups[group]}</h3>
          <ul className="divide-y divide-line">
            {ALL_ACTIONS.filter((action) => action.group === group).map((action) => (
              <KeyRow key={action.id} action={action} settings={settings} onChange={(changes) => keyStore.change(changes)} />
            ))}
          </ul>
        </section>
      ))}
      {Object.keys(settings.changes).length > 0 && (
        <Button onClick={() => keyStore.change({})}>{t.allAsTheyWere}</Button>
      )}
    </Dialog>
  );
}
