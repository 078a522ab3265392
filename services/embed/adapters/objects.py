"""Artifacts in the object store, and the bytes of videos by range.

Everything of a workspace lies under `workspaces/{workspace}/`. boto3 blocks, so its calls run on
threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

Answer = TypeVar("Answer")

_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class Objects:
    """The bucket that SAGE's services share.

    public: a client of the address at which others reach the store; None when they do not.
    url_seconds: how long a URL for others is good.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        *,
        public: S3Client | None = None,
        url_seconds: int = 3600,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._public = public
        self._url_seconds = url_seconds

    async def check(self) -> None:
        """Raises unless the bucket answers."""
        await asyncio.to_thread(self._client.head_bucket, Bucket=self._bucket)

    async def put(self, key: str, data: bytes) -> None:
        """Raises SageError(DEPENDENCY_UNAVAILABLE or STORAGE_FULL)."""
        await self._call(partial(self._client.put_object, Bucket=self._bucket, Key=key, Body=data))

    async def get(self, key: str) -> bytes:
        """Raises SageError(DEPENDENCY_UNAVAILABLE), and KeyError when there is no such object."""
        return await self._call(partial(self._read, key))

    async def exists(self, key: str) -> bool:
        try:
            await self._call(partial(self._client.head_object, Bucket=self._bucket, Key=key))
        except KeyError:
            return False
        return True

    async def remove_under(self, prefix: str, *, keep: str = "") -> None:
        """Removes all objects whose keys begin with `prefix`, but those that begin with `keep`."""
        await self._call(partial(self._remove_under, prefix, keep))

    def public_url(self, key: str, file_name: str) -> str | None:
        """A URL that reads an object without credentials; None when the store is not public."""
        if self._public is None:
            return None
        return self._public.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f"attachment; filename={file_name}",
            },
            ExpiresIn=self._url_seconds,
        )

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Some bytes of an object; blocks. Raises SageError(DEPENDENCY_UNAVAILABLE)."""
        span = f"bytes={offset}-{offset + length - 1}"
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key, Range=span)
            return answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            raise unavailable() from error

    def _read(self, key: str) -> bytes:
        return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()

    def _remove_under(self, prefix: str, keep: str) -> None:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            for entry in page.get("Contents", []):
                if not keep or not entry["Key"].startswith(keep):
                    self._client.delete_object(Bucket=self._bucket, Key=entry["Key"])

    async def _call(self, call: Callable[[], Answer]) -> Answer:
        try:
            return await asyncio.to_thread(call)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise KeyError(code) from error
            if code in ("InsufficientStorage", "XMinioStorageFull", "507"):
                raise SageError(
                    ErrorReason.ERROR_REASON_STORAGE_FULL,
                    "The store has no room left for the embedding.",
                    retry_after=60.0,
                ) from error
            raise unavailable() from error
        except BotoCoreError as error:
            raise unavailable() from error


def unavailable() -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "The store for videos and embeddings does not answer. Try again.",
        retry_after=1.0,
    )
