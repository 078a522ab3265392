"""Descriptions of a video's bytes that can be sent to another process and opened there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from services.mediakit.source import RangeReader
from services.servicekit.errors import SageError
from services.servicekit.object_store import ObjectStore
from services.servicekit.s3_client import create_s3_client

_READ_TIMEOUT_SECONDS = 30.0


class SourceUnavailable(Exception):
    """The bytes of the video can't be read now; another try may succeed."""


class VideoSource(Protocol):
    """Something picklable that opens as a seekable binary file."""

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Raises SourceUnavailable, as do reads of the file."""
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

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        client = create_s3_client(
            self.endpoint, self.region, connections=2, read_timeout=_READ_TIMEOUT_SECONDS
        )
        store = ObjectStore(client, self.bucket)

        def fetch(offset: int, length: int) -> bytes:
            try:
                return store.read_range(self.key, offset, length)
            except (KeyError, SageError) as error:
                raise SourceUnavailable(f"the video's bytes can't be read: {error}") from error

        with RangeReader(self.size, fetch) as reader:
            yield cast(BinaryIO, reader)
