import { useMemo, useState } from "react";
import { toProblem, type Problem } from "../api/errors";
import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { fileSize } from "../time/timecode";
import { Button } from "../ui/Button";
import { ProblemNote } from "../ui/ProblemNote";
import { Select } from "../ui/Select";
import { TextField } from "../ui/TextField";
import { DeleteVideosDialog } from "./DeleteVideosDialog";
import { arrange, LIBRARY_ORDERS, type LibraryOrder } from "./library";
import { slots } from "./slots";
import { useVideos } from "./useVideos";
import { VideoRow } from "./VideoRow";
import { useTexts } from "../texts/useTexts";

/** The videos that are already there, to be used again. `version` changes when new ones may be. */
export function EarlierVideos({ version }: { readonly version: string }) {
  const t = useTexts().workspace.videos;
  const list = useVideos(version);
  const [problem, setProblem] = useState<Problem>();
  const [search, setSearch] = useState("");
  const [order, setOrder] = useState<LibraryOrder>("newest");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [doomed, setDoomed] = useState<readonly Video[]>([]);
  const shown = useMemo(() => arrange(list.videos, search, order), [list.videos, search, order]);
  // What is out of sight is not deleted by mistake.
  const selected = shown.filter(({ name }) => chosen.has(name));

  const choose = (video: Video, on: boolean): void => {
    setChosen((before) => new Set(on ? [...before, video.name] : [...before].filter((name) => name !== video.name)));
  };
  const remove = (videos: readonly Video[]): void => {
    setDoomed([]);
    setProblem(undefined);
    const gone = (name: string): void => {
      setChosen((before) => new Set([...before].filter((each) => each !== name)));
      slots.a.forget(new Set([name]));
      slots.b.forget(new Set([name]));
    };
    list.remove(videos.map(({ name }) => name), gone).catch((error: unknown) => setProblem(toProblem(error)));
  };
  const rename = async (video: Video, name: string): Promise<void> => {
    setProblem(undefined);
    await list.rename(video, name).catch((error: unknown) => {
      setProblem(toProblem(error));
      list.reload();
    });
  };
  return (
    <section aria-labelledby="earlier" className="mt-8">
      <div className="mb-2 flex flex-wrap items-center gap-3">
        <h2 id="earlier" className="text-sm font-semibold">
          {t.name}
        </h2>
        {list.limitBytes > 0 && (
          <p className="tc text-xs text-faint" data-testid="usage">
            {t.used(fileSize(list.usedBytes), fileSize(list.limitBytes))}
          </p>
        )}
        {list.videos.length > 1 && (
          <div className="ml-auto flex items-center gap-2">
            {selected.length > 0 && (
              <Button look="danger" onClick={() => setDoomed(selected)}>
                {t.deleteCount(selected.length)}
              </Button>
            )}
            <div className="w-40">
              <TextField type="search" label={t.search} placeholder={t.searchHint} value={search} onChange={setSearch} />
            </div>
            <div className="w-36">
              <Select
                label={t.order}
                value={order}
                choices={LIBRARY_ORDERS.map((value) => ({ value, label: t.orders[value] }))}
                onChange={setOrder}
              />
            </div>
          </div>
        )}
      </div>
      {problem && <ProblemNote problem={problem} />}
      {list.problem && (
        <ProblemNote problem={list.problem}>
          <Button onClick={list.reload}>{t.tryAgain}</Button>
        </ProblemNote>
      )}
      {shown.length === 0 && !list.problem && (
        <p className="border border-line bg-panel px-3 py-4 text-sm text-dim">
          {list.loading ? t.reading : list.videos.length > 0 ? t.noneFound : t.none}
        </p>
      )}
      {shown.length > 0 && (
        <ul className="divide-y divide-line border border-line bg-panel">
          {shown.map((video) => (
            <VideoRow
              key={video.name}
              video={video}
              chosen={chosen.has(video.name)}
              onChoose={(on) => choose(video, on)}
              onRename={(name) => rename(video, name)}
              onDelete={() => setDoomed([video])}
            />
          ))}
        </ul>
      )}
      {shown.length > 0 && list.loading && <p className="mt-2 text-xs text-faint">{t.readingOn}</p>}
      <DeleteVideosDialog videos={doomed} onKeep={() => setDoomed([])} onDelete={() => remove(doomed)} />
    </section>
  );
}
