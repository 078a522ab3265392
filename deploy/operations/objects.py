"""The bucket, as far as a backup needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from deploy.operations.errors import OperationError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_CHUNK = 1024 * 1024


class Bucket:
    """Objects by key."""

    def __init__(self, client: S3Client, name: str) -> None:
        self._client = client
        self.name = name

    def listed(self) -> Iterator[tuple[str, str, int]]:
        """Key, etag and size of every object."""
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        for page in pages:
            for each in page.get("Contents", []):
                yield each["Key"], each["ETag"], each["Size"]

    def read(self, key: str) -> tuple[str, Iterator[bytes]] | None:
        """Content type and bytes; None when the object has gone meanwhile."""
        try:
            answer = self._client.get_object(Bucket=self.name, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        return answer["ContentType"], answer["Body"].iter_chunks(_CHUNK)

    def write(self, key: str, content_type: str, file: Path) -> None:
        """In parts, when it is large."""
        self._client.upload_file(str(file), self.name, key, ExtraArgs={"ContentType": content_type})

    def ensure(self) -> None:
        """Makes the bucket where there is none. Raises OperationError when it cannot be listed."""
        try:
            self._client.list_objects_v2(Bucket=self.name, MaxKeys=1)
        except self._client.exceptions.NoSuchBucket:
            self._client.create_bucket(Bucket=self.name)
        except ClientError as error:
            raise OperationError(f"The bucket {self.name} cannot be listed ({error}).") from error

    def require_empty(self) -> None:
        """Raises OperationError when anything is in it; one that is not there is empty."""
        self.ensure()
        for key, _, _ in self.listed():
            raise OperationError(
                f"The bucket {self.name} is not empty ({key}). A backup is restored into nothing "
                "only: empty it, or set SAGE_S3_BUCKET to another one."
            )
