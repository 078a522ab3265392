"""Where the bytes of a video come from; they are read here, for a process that cannot."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from services.mediakit.sandbox.process import SourceUnavailable
from services.servicekit.store import create_s3_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_READ_TIMEOUT_SECONDS = 30.0


class VideoSource(Protocol):
    """A file of `size` bytes."""

    @property
    def size(self) -> int: ...

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
        span = f"bytes={offset}-{offset + length - 1}"
        try:
            answer = _client(self.endpoint, self.region).get_object(
                Bucket=self.bucket, Key=self.key, Range=span
            )
            return answer["Body"].read()
        except (BotoCoreError, ClientError) as error:
            raise SourceUnavailable(f"the video's bytes can't be read: {error}") from error


@lru_cache(maxsize=2)
def _client(endpoint: str | None, region: str) -> S3Client:
    return create_s3_client(endpoint, region, read_timeout=_READ_TIMEOUT_SECONDS)
