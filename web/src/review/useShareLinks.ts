/** The links of a comparison: read once, and kept up with what is done here. */
import { useEffect, useState } from "react";
import { comparisons } from "../api/clients";
import { toProblem, type Problem } from "../api/errors";
import { Reader } from "../api/reader";
import type { ShareLink } from "../gen/sage/compare/v1/saved_comparison_pb";
import { expiryIn, type Lifetime } from "./shareLinks";

export interface ShareLinks {
  /** Undefined until they are known. */
  readonly links: readonly ShareLink[] | undefined;
  readonly problem: Problem | undefined;
  /** Answers with the new link and its token; undefined when there is none. */
  readonly create: (displayName: string, days: Lifetime) => Promise<ShareLink | undefined>;
  readonly revoke: (link: ShareLink) => Promise<void>;
}

export function useShareLinks(parent: string): ShareLinks {
  const [links, setLinks] = useState<readonly ShareLink[]>();
  const [problem, setProblem] = useState<Problem>();
  const [reader] = useState(() => new Reader({ tell: setProblem }));
  useEffect(() => {
    reader.start(async (signal, show) => {
      const { shareLinks } = await comparisons.listShareLinks({ parent }, { signal });
      show(() => {
        setLinks(shareLinks);
        setProblem(undefined);
      });
    });
    return reader.stop;
  }, [reader, parent]);
  return {
    links,
    problem,
    create: async (displayName, days) => {
      setProblem(undefined);
      try {
        const shareLink = { displayName, expireTime: expiryIn(days, Date.now()) };
        const link = await comparisons.createShareLink({ parent, shareLink });
        // A reading may have told of it already.
        setLinks((before) => [link, ...(before ?? []).filter(({ name }) => name !== link.name)]);
        reader.changed();
        return link;
      } catch (error) {
        setProblem(toProblem(error));
        return undefined;
      }
    },
    revoke: async (link) => {
      setProblem(undefined);
      try {
        await comparisons.revokeShareLink({ name: link.name });
      } catch (error) {
        const failed = toProblem(error);
        // Somebody else was faster.
        if (failed.reason !== "NOT_FOUND") {
          setProblem(failed);
          return;
        }
      }
      setLinks((before) => before?.filter(({ name }) => name !== link.name));
      reader.changed();
    },
  };
}
