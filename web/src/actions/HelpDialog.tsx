import { Dialog } from "../ui/Dialog";
import { keyName, type Action } from "./action";
import { ALL_ACTIONS } from "./actions";

const GROUPS: readonly Action["group"][] = ["Playing", "Edits", "Review", "Pictures", "Timeline", "Page"];

/** Every action with its keys. */
export function HelpDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title="Keys">
      {GROUPS.map((group) => (
        <section key={group} className="mb-4 last:mb-0">
          <h3 className="mb-1 text-xs font-semibold text-faint">{group}</h3>
          <dl className="divide-y divide-line">
            {ALL_ACTIONS.filter((action) => action.group === group).map((action) => (
              <div key={action.id} className="flex items-center justify-between py-1 text-sm">
                <dt>{action.label}</dt>
                <dd className="flex gap-1">
                  {action.keys.map((key) => (
                    <kbd key={key} className="tc min-w-6 rounded-[3px] border border-line-strong bg-raised px-1.5 text-center text-xs">
                      {keyName(key)}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
