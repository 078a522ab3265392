"""The one exception of this package.

MediaError carries a machine-readable reason and a message that tells a person what to do. Errors
of the storage behind a file (a refused or broken range read) are not MediaErrors: they pass
through unchanged, since another try may succeed.
"""

from __future__ import annotations

import enum


class MediaReason(enum.StrEnum):
    """Why a file can't be used as a video."""

    EMPTY_FILE = "EMPTY_FILE"
    # Text, an image, or bytes of no known kind.
    NOT_A_VIDEO = "NOT_A_VIDEO"
    # A media file without a moving picture: sound alone, or sound with cover art.
    NO_VIDEO_STREAM = "NO_VIDEO_STREAM"
    UNSUPPORTED_CODEC = "UNSUPPORTED_CODEC"
    # The end of the file is missing.
    TRUNCATED = "TRUNCATED"
    # A video by its structure, but its pictures can't be decoded.
    UNDECODABLE = "UNDECODABLE"
    # It plays, or says that it plays, longer than limits.py allows.
    TOO_LONG = "TOO_LONG"
    # Nothing new is shown or heard for longer than limits.py allows.
    GAP_TOO_LONG = "GAP_TOO_LONG"


class MediaError(Exception):
    """A file can't be used as a video; the message says why and what to do about it.

    read_seconds and announced_seconds are set for a video of which only a part could be read.
    """

    def __init__(
        self,
        reason: MediaReason,
        message: str,
        *,
        read_seconds: float | None = None,
        announced_seconds: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.read_seconds = read_seconds
        self.announced_seconds = announced_seconds

    def __reduce__(self) -> tuple[object, ...]:
        # The default would call __init__ with the message alone; workers send these over a pipe.
        return _rebuild, (self.reason, self.message, self.read_seconds, self.announced_seconds)


def _rebuild(
    reason: MediaReason, message: str, read: float | None, announced: float | None
) -> MediaError:
    return MediaError(reason, message, read_seconds=read, announced_seconds=announced)
