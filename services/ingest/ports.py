"""What the library needs of the outside world, as narrow as it gets.

All methods raise SageError(DEPENDENCY_UNAVAILABLE) when what they stand for does not answer, and
SageError(STORAGE_FULL) when it has no room left.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from services.ingest.library.video import Video
from services.ingest.uploads.quota import Quota, Usage
from services.ingest.uploads.upload import State, Upload
from services.mediakit.technical.facts import TechnicalFacts
from services.servicekit.listing.requests import ListRequest, Page
from services.servicekit.multipart import StoredPart

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class MediaFacts:
    """What was found out about a video.

    duration: seconds. width, height: pixels as shown. frame_rate: a second, on average.
    pixel_format, video_profile: in FFmpeg's words; the profile is empty when it is not told.
    audio_codec: None without sound. container: the demuxer's name for the format.
    missing_bytes: how much of the announced content lies behind the end of the file.
    """

    duration: float
    width: int
    height: int
    frame_rate: float
    video_codec: str
    pixel_format: str
    video_profile: str
    audio_codec: str | None
    container: str
    missing_bytes: int


@dataclass(frozen=True, kw_only=True)
class Filmstrip:
    """Pictures side by side in one JPEG; times in seconds, sizes in pixels."""

    jpeg: bytes
    tile_width: int
    tile_height: int
    times: Sequence[float]


@dataclass(frozen=True, kw_only=True)
class Still:
    """A picture of a video as a JPEG; time in seconds, sizes in pixels."""

    time: float
    jpeg: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Waveform:
    """Peaks between 0 and 1, one for every `step_seconds` from the start that was asked for on."""

    peaks: Sequence[float]
    step_seconds: float


class UploadRecords(Protocol):
    """Uploads in the database. A foreign upload is as good as none."""

    async def add(self, upload: Upload, quota: Quota, *, rehearse: bool = False) -> Upload:
        """Stores a new upload, or answers with the one that has the same request id.

        Raises SageError(QUOTA_EXCEEDED) when a new one would go beyond the quota, also together
        with others that are being added at the same time.
        """
        ...

    async def get(self, workspace: str, upload_id: str) -> Upload | None:
        """None for a missing one."""
        ...

    async def usage(self, workspace: str) -> Usage:
        """What the workspace has, as quotas count it."""
        ...

    async def page(
        self, workspace: str, listing: ListRequest, *, states: Collection[State]
    ) -> Page[Upload]:
        """Uploads in these states (in any if there are none).

        Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN).
        """
        ...

    async def replace(self, upload: Upload) -> bool:
        """Stores the next version of an upload; False when somebody else was faster."""
        ...

    async def succeed(
        self, upload: Upload, video: Video, *, lost: Collection[str] = ()
    ) -> Video | None:
        """Like `replace`, and adds the video in the same transaction; None instead of False.

        When a READY video of the workspace has the same bytes, the new one shares its object, and
        what the upload brought is marked as leftovers. Answers with the video as it was added.

        lost: keys of objects that the store no longer has. Nothing shares those any more: the READY
        videos that had one have the new video's object from now on.
        """
        ...

    async def extend_lease(self, upload: Upload, until: datetime) -> bool:
        """Moves the end of the owner's lease; False when the lease is not the owner's any more."""
        ...

    async def expired(self, now: datetime, limit: int) -> Sequence[Upload]:
        """Uploads that nobody has completed in time."""
        ...

    async def with_leftovers(self, limit: int) -> Sequence[Upload]:
        """Uploads that are over but may still lie in the store."""
        ...

    async def forget(self, before: datetime) -> int:
        """Removes the records of uploads that have been over since `before`; how many."""
        ...


class VideoRecords(Protocol):
    """Videos in the database. A foreign video is as good as none."""

    async def get(self, workspace: str, video_id: str) -> Video | None:
        """A video in any state, one that is being deleted too; None for a missing one."""
        ...

    async def page(self, workspace: str, listing: ListRequest, *, sha256: str) -> Page[Video]:
        """READY videos; with these bytes if sha256 is given.

        Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN).
        """
        ...

    async def replace(self, video: Video) -> bool:
        """Stores the next version of a video; False when somebody else was faster."""
        ...

    async def objects(self, workspace: str, sha256: str) -> Sequence[str]:
        """The keys of the objects with these bytes, as far as READY videos have them."""
        ...

    async def is_shared(self, video: Video) -> bool:
        """Whether another video, a READY one, has the same object."""
        ...

    async def remove(self, video: Video) -> None:
        """Removes the row for good, after the object; nothing happens when it is gone already."""
        ...

    async def deleting(self, limit: int) -> Sequence[Video]:
        """Videos whose removal was begun."""
        ...

    async def created_before(self, before: datetime, limit: int) -> Sequence[Video]:
        """READY videos of all workspaces that are older, the oldest first."""
        ...


class ObjectStore(Protocol):
    """The S3 bucket."""

    async def open_upload(self, key: str, content_type: str) -> str:
        """Begins a multipart upload; its id."""
        ...

    async def put_part(
        self, key: str, store_upload: str, number: int, data: bytes | bytearray
    ) -> str:
        """Stores a part durably; its ETag. Raises StoreUploadGone."""
        ...

    async def list_parts(self, key: str, store_upload: str) -> Mapping[int, StoredPart]:
        """The parts by number. Raises StoreUploadGone."""
        ...

    async def join_parts(
        self, key: str, store_upload: str, parts: Mapping[int, StoredPart]
    ) -> None:
        """Makes the object. Raises StoreUploadGone."""
        ...

    async def abort_upload(self, key: str, store_upload: str) -> None:
        """Removes the parts; nothing happens when there is no such upload."""
        ...

    async def abandoned_uploads(self, prefix: str, before: datetime) -> Sequence[tuple[str, str]]:
        """Keys and ids of the multipart uploads under a prefix that were begun before a time."""
        ...

    async def size(self, key: str) -> int | None:
        """The length of an object in bytes; None when there is none."""
        ...

    async def sha256(self, key: str) -> str:
        """Reads an object once and digests it, in lower-case hex. Raises KeyError."""
        ...

    async def get(self, key: str) -> bytes:
        """A small object. Raises KeyError when there is none."""
        ...

    async def put(
        self, key: str, data: bytes, content_type: str = "application/octet-stream"
    ) -> None:
        """Stores a small object."""
        ...

    async def remove_under(self, prefix: str) -> None:
        """Removes every object whose key begins with `prefix`."""
        ...

    async def ages(self, prefix: str) -> Mapping[str, datetime]:
        """When each object was stored whose key begins with `prefix`, by its key."""
        ...


class UrlSigner(Protocol):
    """Makes URLs that give an object to anybody for a while."""

    async def sign(
        self, key: str, *, lifetime: timedelta, origin: str | None = None, content_type: str = ""
    ) -> str:
        """A URL on `origin` (scheme and authority), or on the store's own endpoint."""
        ...


class MediaReader(Protocol):
    """Looks into the files of strangers, at a safe distance.

    Raises MediaError for a file in which there is nothing to be found, or that takes too long.
    """

    async def probe(self, key: str, size: int) -> MediaFacts:
        """What the file and a few of its pictures say. key, size: of the object, in bytes."""
        ...

    async def filmstrip(
        self, key: str, size: int, *, times: Sequence[float], tile_height: int
    ) -> Filmstrip:
        """A tile for each time in seconds, with the picture there. tile_height: in pixels."""
        ...

    async def stills(
        self, key: str, size: int, *, times: Sequence[float], height: int
    ) -> Sequence[Still]:
        """The picture shown at each time, in seconds, no higher than `height` pixels."""
        ...

    async def waveform(
        self, key: str, size: int, *, start: float, end: float, count: int
    ) -> Waveform:
        """`count` peaks of the main sound track between two times, in seconds; none without one."""
        ...

    async def technical(
        self, key: str, size: int, *, duration: float, whole: bool
    ) -> TechnicalFacts:
        """whole: whether to read all of the file, for what only that tells."""
        ...
