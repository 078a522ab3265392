import type { Video } from "../gen/sage/ingest/v1/ingest_pb";
import { useTexts } from "../texts/useTexts";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";

interface DeleteVideosDialogProps {
  /** What would be deleted; while there is none, nothing is asked. */
  readonly videos: readonly Video[];
  readonly onKeep: () => void;
  readonly onDelete: () => void;
}

/** Asks before videos are gone for good. */
export function DeleteVideosDialog({ videos, onKeep, onDelete }: DeleteVideosDialogProps) {
  const t = useTexts().workspace.videos;
  const count = videos.length;
  return (
    <Dialog
      open={count > 0}
      onOpenChange={(open) => !open && onKeep()}
      title={count === 1 ? t.reallyDelete(videos[0]?.displayName ?? "") : t.reallyDeleteCount(count)}
      description={t.deleteMeans(count)}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={onKeep}>{t.keep(count)}</Button>
        <Button look="danger" onClick={onDelete}>
          {t.delete}
        </Button>
      </div>
    </Dialog>
  );
}
