"""Descriptions of a video's bytes that can be sent to another process and opened there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from botocore.exceptions import BotoCoreError, ClientError

from services.mediakit.source import RangeReader
from services.servicekit.store import create_s3_client

_READ_TIMEOUT_SECONDS = 30.0


class SourceUnavailable(Exception):
    """The bytes of the video can't be read now; another try may succeed."""


class VideoSource(Protocol):
    """Something picklable that opens as a seekable binary file."""

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Raises SourceUnavailable, as do reads of the file."""
        ...


@dataclass(frozen=True)
class FileSource:
    """A file of this machine."""

    path: Path

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise SourceUnavailable(f"{self.path.name} can't be opened: {error}") from error
        with file:
            yield file


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

        def fetch(offset: int, length: int) -> bytes:
            span = f"bytes={offset}-{offset + length - 1}"
            try:
                answer = client.get_object(Bucket=self.bucket, Key=self.key, Range=span)
                return answer["Body"].read()
            except (BotoCoreError, ClientError) as error:
                raise SourceUnavailable(f"the video's bytes can't be read: {error}") from error

        with RangeReader(self.size, fetch) as reader:
            yield cast(BinaryIO, reader)
