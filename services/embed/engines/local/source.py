"""Where the bytes of a video come from; they are read here, for a process that cannot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from services.mediakit.sandbox.conversation import SourceUnavailable
from services.servicekit.errors import SageError
from services.servicekit.object_store import ObjectStore
from services.servicekit.s3_client import create_s3_client

_READ_TIMEOUT_SECONDS = 30.0


class VideoSource(Protocol):
    """A file of `size` bytes."""

    @property
    def size(self) -> int:
        """In bytes."""
        ...

    def fetch(self, offset: int, length: int) -> bytes:
        """Exactly these bytes, on any thread. Raises SourceUnavailable."""
        ...


@dataclass(frozen=True, kw_only=True)
class S3Source:
    """An object in S3, read by ranges. Credentials come from the environment, as boto3 finds them.

    endpoint: None for AWS itself. size: the object's length in bytes.
    """

    endpoint: str | None
    region: str
    bucket: str
    key: str
    size: int

    def fetch(self, offset: int, length: int) -> bytes:
        try:
            return _store(self.endpoint, self.region, self.bucket).read_range(
                self.key, offset, length
            )
        except (KeyError, SageError) as error:
            raise SourceUnavailable(f"the video's bytes can't be read: {error}") from error


@lru_cache(maxsize=2)
def _store(endpoint: str | None, region: str, bucket: str) -> ObjectStore:
    client = create_s3_client(endpoint, region, read_timeout=_READ_TIMEOUT_SECONDS)
    return ObjectStore(client, bucket)
