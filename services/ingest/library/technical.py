"""Technical facts of videos: read when somebody asks for them first, then kept."""

from __future__ import annotations

from services.ingest.library.catalogue import Catalogue
from services.ingest.library.kept import Kept
from services.ingest.library.video import Video
from services.ingest.ports import MediaReader
from services.mediakit.technical.facts import VERSION, TechnicalFacts
from services.mediakit.technical.json_form import packed, unpacked


class Technical:
    """What files are, apart from what they show."""

    def __init__(self, catalogue: Catalogue, kept: Kept, media: MediaReader) -> None:
        self._catalogue = catalogue
        self._kept = kept
        self._media = media

    async def facts(
        self, workspace: str, video_id: str, *, whole: bool
    ) -> tuple[Video, TechnicalFacts]:
        """whole: whether what only all of the file tells is wanted.

        Raises SageError(NOT_FOUND, VIDEO_NOT_READY, UNDECODABLE).
        """
        video = await self._catalogue.ready(workspace, video_id)

        async def make() -> bytes:
            return packed(
                await self._media.technical(
                    video.object_key, video.size_bytes, duration=video.duration, whole=whole
                )
            )

        kind = f"technical-{VERSION}-{'full' if whole else 'basic'}"
        return video, unpacked(await self._kept.get(video, kind, make))
