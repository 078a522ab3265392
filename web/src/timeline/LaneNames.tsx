import type { ReactNode } from "react";

export interface LaneName {
  readonly id: string;
  readonly height: number;
  readonly content: ReactNode;
}

/** What each lane of the timeline is, beside it. */
export function LaneNames({ lanes }: { readonly lanes: readonly LaneName[] }) {
  return (
    <div className="w-[72px] shrink-0 border-r border-line pt-5 text-xs text-dim select-none" aria-hidden="true">
      {lanes.map(({ id, height, content }) => (
        <div key={id} className="flex items-center justify-end pr-2 text-right leading-tight" style={{ height }}>
          {content}
        </div>
      ))}
    </div>
  );
}
