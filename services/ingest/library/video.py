"""A video that is kept, and where its bytes lie in the store."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

# What the keys of all objects of all workspaces begin with.
ALL_VIDEOS = "workspaces/"
_ORIGINAL = "original"


class VideoState(enum.StrEnum):
    """The stages of a video."""

    READY = "READY"
    DELETING = "DELETING"


@dataclass(frozen=True, kw_only=True)
class Video:
    """A complete file with what was found out about it.

    sha256: lower-case hex. object_key: where its bytes lie; videos of a workspace with equal bytes
    share one object. duration: seconds. width, height: as shown. audio_codec: empty without
    sound. version: counts the changes.
    """

    id: str
    workspace: str
    display_name: str
    size_bytes: int
    sha256: str
    object_key: str
    content_type: str
    duration: float
    width: int
    height: int
    frame_rate: float
    video_codec: str
    audio_codec: str
    has_audio: bool
    created_at: datetime
    updated_at: datetime
    state: VideoState = VideoState.READY
    version: int = 1

    @property
    def name(self) -> str:
        """The resource name, without the workspace, which the token tells."""
        return f"videos/{self.id}"

    @property
    def object_prefix(self) -> str:
        """What the keys of its object, and of everything made from that, begin with."""
        return object_prefix(self.object_key)

    @property
    def etag(self) -> str:
        """In quotation marks, as HTTP has it; another one after each change."""
        return f'"{self.version:x}"'

    def check_ready(self) -> None:
        """Raises SageError(VIDEO_NOT_READY) for a video that is being removed."""
        if self.state is not VideoState.READY:
            raise SageError(
                ErrorReason.ERROR_REASON_VIDEO_NOT_READY,
                f"{self.display_name} is being removed.",
                metadata={"video": self.name},
            )

    def renamed(self, display_name: str, etag: str, now: datetime) -> Video:
        """The video under another name. Raises SageError(ETAG_MISMATCH) for an outdated etag."""
        self.check_ready()
        self._check_etag(etag)
        return self._next(now, display_name=display_name)

    def deleting(self, now: datetime, etag: str = "") -> Video:
        """The video on its way out. Raises SageError(ETAG_MISMATCH) for an outdated etag."""
        self._check_etag(etag)
        return self._next(now, state=VideoState.DELETING)

    def _check_etag(self, etag: str) -> None:
        if etag and etag != self.etag:
            raise SageError(
                ErrorReason.ERROR_REASON_ETAG_MISMATCH,
                "The video has changed meanwhile. Read it again, then decide anew.",
                metadata={"video": self.name},
            )

    def _next(self, now: datetime, **changes: object) -> Video:
        return replace(self, updated_at=now, version=self.version + 1, **changes)  # type: ignore[arg-type]


def key_prefix(workspace: str, video_id: str) -> str:
    """What the keys of all objects begin with that came in by the upload of this video."""
    return f"{ALL_VIDEOS}{workspace}/videos/{video_id}/"


def object_key(workspace: str, video_id: str) -> str:
    """The key of the bytes that came in by the upload of this video."""
    return key_prefix(workspace, video_id) + _ORIGINAL


def object_prefix(key: str) -> str:
    """What the keys of an object, and of everything made from that, begin with."""
    return key.removesuffix(_ORIGINAL)


def workspace_of(key: str) -> str:
    """The workspace to which an object belongs."""
    return key.removeprefix(ALL_VIDEOS).partition("/")[0]
