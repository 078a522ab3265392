import { useEffect, useId, useState } from "react";
import { apiTokens } from "../api/clients";
import { toProblem, type Problem } from "../api/errors";
import { Reader } from "../api/reader";
import type { ApiToken } from "../gen/sage/embed/v1/api_token_pb";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { ProblemNote } from "../ui/ProblemNote";
import { NewToken } from "./NewToken";
import { describe } from "./tokens";

/** Makes, lists and revokes what programs sign in with. */
export function TokensDialog({ onClose }: { readonly onClose: () => void }) {
  const { tokens: t, apiTokens: title } = useTexts().session;
  const [tokens, setTokens] = useState<readonly ApiToken[]>();
  const [made, setMade] = useState<ApiToken>();
  const [problem, setProblem] = useState<Problem>();

  const [reader] = useState(() => new Reader({ tell: setProblem }));
  useEffect(() => {
    reader.start(async (signal, show) => {
      const page = await apiTokens.listApiTokens({ pageSize: 200 }, { signal });
      show(() => {
        setTokens(page.apiTokens);
        setProblem(undefined);
      });
    });
    return reader.stop;
  }, [reader]);

  const revoke = async (token: ApiToken): Promise<void> => {
    setProblem(undefined);
    try {
      await apiTokens.deleteApiToken({ name: token.name });
      setTokens((all) => all?.filter((each) => each.name !== token.name));
      reader.changed();
      setMade((shown) => (shown?.name === token.name ? undefined : shown));
    } catch (error) {
      setProblem(toProblem(error));
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={title}
      description={t.description}
    >
      <NewToken
        onProblem={setProblem}
        onMade={(token) => {
          setMade(token);
          // A reading may have told of it already.
          setTokens((all) => [token, ...(all ?? []).filter(({ name }) => name !== token.name)]);
          reader.changed();
        }}
      />
      {problem && <ProblemNote problem={problem} />}
      {made && <Secret token={made} />}
      <ul aria-label={t.list} className="mt-4 divide-y divide-line border-t border-line">
        {tokens?.map((token) => (
          <li key={token.name} className="flex items-center justify-between gap-3 py-2">
            <span className="min-w-0">
              <span className="block truncate">{token.displayName}</span>
              <span className="block text-xs text-dim">{describe(token)}</span>
            </span>
            <Button aria-label={t.revokeOf(token.displayName)} onClick={() => void revoke(token)}>
              {t.revoke}
            </Button>
          </li>
        ))}
      </ul>
      {tokens?.length === 0 && <p className="pt-3 text-sm text-dim">{t.none}</p>}
    </Dialog>
  );
}

function Secret({ token }: { readonly token: ApiToken }) {
  const id = useId();
  const t = useTexts().session.tokens;
  return (
    <div className="mt-3 border border-line-strong bg-raised p-3">
      <label htmlFor={id} className="block text-sm">
        {t.secret(token.displayName)}
      </label>
      <input
        id={id}
        readOnly
        value={token.token}
        onFocus={(event) => event.currentTarget.select()}
        className="tc mt-2 h-8 w-full rounded-[3px] border border-line-strong bg-well px-2"
      />
    </div>
  );
}
