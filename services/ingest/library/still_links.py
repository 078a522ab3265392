"""Links to pictures of a video: made once for each set of times, and kept beside its object."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby

from services.ingest.library.catalogue import Catalogue
from services.ingest.library.kept import Kept
from services.ingest.library.previews import name_of
from services.ingest.library.video import Video
from services.ingest.media.content_types import STILL_TYPE
from services.ingest.ports import MediaReader, ObjectStore, Still

_DEFAULT_HEIGHT = 360
_LEAST_HEIGHT = 2
_STILLS = "stills-"
_INDEX = "index"
# Pictures that are kept of an object: a hundred megabytes of them, whoever asks for how many.
_MOST = 1_000


@dataclass(frozen=True, kw_only=True)
class LinkedStill:
    """A JPEG that `url` opens. time: when it comes on, in seconds; sizes in pixels."""

    url: str
    time: float
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A picture of a set, which lies under its number."""

    time: float
    width: int
    height: int


class StillLinks:
    """most: pictures that are kept of an object; of more, the sets that were made first go."""

    def __init__(
        self,
        catalogue: Catalogue,
        kept: Kept,
        store: ObjectStore,
        media: MediaReader,
        *,
        most: int = _MOST,
    ) -> None:
        self._catalogue = catalogue
        self._kept = kept
        self._store = store
        self._media = media
        self._most = most

    async def links(
        self,
        workspace: str,
        video_id: str,
        *,
        times: Sequence[float],
        height: int,
        origin: str | None,
    ) -> tuple[Sequence[LinkedStill], datetime]:
        """The pictures that are shown at these times, in seconds, and when their URLs stop working.

        height: in pixels, at most the video's own; 0 stands for the default. origin: through which
        the caller came.
        Raises SageError(NOT_FOUND, VIDEO_NOT_READY, UNDECODABLE).
        """
        video = await self._catalogue.ready(workspace, video_id)
        asked = [round(min(time, video.duration), 3) for time in times]
        wanted = sorted(set(asked))
        height = min(height or _DEFAULT_HEIGHT, max(video.height, _LEAST_HEIGHT))
        folder = f"{_STILLS}{name_of(wanted)}x{height}/"

        async def make() -> bytes:
            made = await self._media.stills(
                video.object_key, video.size_bytes, times=wanted, height=height
            )
            await self._make_room(video, folder, len(made))
            await asyncio.gather(
                *(
                    self._kept.put(video, f"{folder}{number}", still.jpeg, STILL_TYPE)
                    for number, still in enumerate(made)
                )
            )
            return _packed(made)

        stills = _unpacked(await self._kept.get(video, folder + _INDEX, make))
        urls, expires_at = await self._catalogue.signed(
            [f"{video.object_prefix}{folder}{number}" for number in range(len(stills))],
            origin,
            STILL_TYPE,
        )
        linked = {
            time: LinkedStill(url=url, **asdict(still))
            for time, still, url in zip(wanted, stills, urls, strict=True)
        }
        return [linked[time] for time in asked], expires_at

    async def _make_room(self, video: Video, folder: str, coming: int) -> None:
        ages = await self._store.ages(video.object_prefix + _STILLS)
        others = {
            key: age
            for key, age in ages.items()
            if not key.startswith(video.object_prefix + folder)
        }
        for each in superfluous(others, self._most - coming):
            await self._store.remove_under(each)


def superfluous(ages: Mapping[str, datetime], most: int) -> list[str]:
    """The folders to remove so that no more than `most` pictures are left: those that were stored
    first, each with all that is in it.

    ages: when each object was stored, by its key.
    """
    folders = [
        (max(ages[key] for key in keys), folder, sum(not key.endswith(_INDEX) for key in keys))
        for folder, keys in _by_folder(ages).items()
    ]
    room, found = most, []
    for _, folder, count in sorted(folders, reverse=True):
        room -= count
        if room < 0:
            found.append(folder)
    return found


def _by_folder(keys: Mapping[str, datetime]) -> dict[str, list[str]]:
    def folder_of(key: str) -> str:
        return key.rpartition("/")[0] + "/"

    return {folder: list(group) for folder, group in groupby(sorted(keys), key=folder_of)}


def _packed(stills: Sequence[Still]) -> bytes:
    return json.dumps(
        [asdict(_Kept(time=still.time, width=still.width, height=still.height)) for still in stills]
    ).encode()


def _unpacked(data: bytes) -> list[_Kept]:
    return [_Kept(**each) for each in json.loads(data)]
