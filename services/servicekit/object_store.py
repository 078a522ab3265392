"""The object store over boto3, whose blocking calls run on a bounded pool of threads.

Everything of a workspace lies under `workspaces/{workspace}/`. Each service sees as much of this
class as its own Protocols name.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar, cast

import structlog
from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError

from services.servicekit.multipart import StoredPart, StoreUploadGone
from services.servicekit.s3_client import create_s3_client
from services.servicekit.settings import StoreSettings
from services.servicekit.store_errors import StoreErrors, status_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

log = structlog.get_logger()

T = TypeVar("T")

_THREADS = 16
_DIGEST_BLOCK_BYTES = 1 << 20
_KEYS_PER_PAGE = 1000
# The client asks again when there is no answer, but not when one breaks off.
_READS = 3
# Some stores copy the whole object when its parts are joined.
_JOIN_SECONDS = 900


class ObjectStore:
    """One bucket.

    client: for everything but joining parts. patient_client: for joining, which some stores do by
    copying everything. home: where a store on this machine keeps its files, to tell a full disk
    from other failures. threads: how many calls may be under way at once.

    Every method but `check` raises SageError(DEPENDENCY_UNAVAILABLE) when the store does not
    answer or refuses, and those that write SageError(STORAGE_FULL) when it has no room left.
    """

    def __init__(
        self,
        client: S3Client,
        bucket: str,
        *,
        patient_client: S3Client | None = None,
        home: Path | None = None,
        threads: int = _THREADS,
    ) -> None:
        self._client = client
        self._patient = patient_client or client
        self._bucket = bucket
        self._errors = StoreErrors(client.meta.endpoint_url, home)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="store")
        # Health must be heard even when every other thread waits for the store.
        self._health_thread = ThreadPoolExecutor(1, thread_name_prefix="store-health")

    @classmethod
    def connect(cls, settings: StoreSettings, *, home: Path) -> Self:
        """The store that the settings name; nothing is sent yet."""
        endpoint, region = settings.s3_endpoint, settings.s3_region
        return cls(
            create_s3_client(endpoint, region),
            settings.s3_bucket,
            patient_client=create_s3_client(endpoint, region, read_timeout=_JOIN_SECONDS),
            home=home,
        )

    def watched_by(self, watch: Callable[[S3Client], None]) -> None:
        """Shows what all requests go through, to whoever counts them."""
        for client in {self._client, self._patient}:
            watch(client)

    def close(self) -> None:
        """Drops the calls that have not begun; those under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._health_thread.shutdown(wait=False, cancel_futures=True)

    async def check(self) -> None:
        """Raises unless the bucket is there; a store on this machine gets it made."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._health_thread, self._check)

    # Objects

    async def put(
        self, key: str, data: bytes, content_type: str = "application/octet-stream"
    ) -> None:
        """Stores an object, in place of the one that may be there."""
        await self._run(
            lambda: self._client.put_object(
                Bucket=self._bucket, Key=key, Body=data, ContentType=content_type
            )
        )

    async def get(self, key: str) -> bytes:
        """A whole object, in memory. Raises KeyError when there is none."""

        def read() -> bytes:
            return _whole(lambda: self._client.get_object(Bucket=self._bucket, Key=key))

        return await self._run(read)

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """Some bytes of an object, fewer where it ends before them; blocks the calling thread.

        Raises KeyError when there is no such object.
        """
        span = f"bytes={offset}-{offset + length - 1}"
        with self._errors.translated():
            try:
                return _whole(
                    lambda: self._client.get_object(Bucket=self._bucket, Key=key, Range=span)
                )
            except ClientError as error:
                if status_of(error) == 416:
                    return b""
                raise

    async def size(self, key: str) -> int | None:
        """The length of an object in bytes; None when there is none."""
        try:
            head = await self._run(lambda: self._client.head_object(Bucket=self._bucket, Key=key))
        except KeyError:
            return None
        return head["ContentLength"]

    async def exists(self, key: str) -> bool:
        """Whether there is an object with this key: a request for its size, not for its bytes."""
        return await self.size(key) is not None

    async def sha256(self, key: str) -> str:
        """Reads an object once and digests it, in lower-case hex. Raises KeyError."""

        def digest() -> str:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            sha256 = hashlib.sha256()
            try:
                for block in body.iter_chunks(_DIGEST_BLOCK_BYTES):
                    sha256.update(block)
            finally:
                body.close()
            return sha256.hexdigest()

        return await self._run(digest)

    async def remove_under(self, prefix: str, *, keep: str = "") -> None:
        """Removes every object whose key begins with `prefix`, apart from those with `keep`."""

        def remove() -> None:
            # Listed to the end first: a store may number its pages by what is still there.
            for key in self._listed(prefix):
                if not keep or not key.startswith(keep):
                    self._client.delete_object(Bucket=self._bucket, Key=key)

        await self._run(remove)

    async def ages(self, prefix: str) -> Mapping[str, datetime]:
        """When each object was stored whose key begins with `prefix`, by its key."""
        return await self._run(lambda: self._listed(prefix))

    # Multipart uploads

    async def open_upload(self, key: str, content_type: str) -> str:
        """Begins a multipart upload; its id."""
        answer = await self._run(
            lambda: self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=content_type
            )
        )
        return answer["UploadId"]

    async def put_part(
        self, key: str, store_upload: str, number: int, data: bytes | bytearray
    ) -> str:
        """Stores a part durably, in place of an earlier one; its ETag. Raises StoreUploadGone."""
        answer = await self._run(
            lambda: self._client.upload_part(
                Bucket=self._bucket,
                Key=key,
                UploadId=store_upload,
                PartNumber=number,
                Body=cast("bytes", data),  # the stubs do not know that a bytearray will do
            )
        )
        return answer["ETag"]

    async def list_parts(self, key: str, store_upload: str) -> Mapping[int, StoredPart]:
        """The parts by number. Raises StoreUploadGone."""

        def listed() -> dict[int, StoredPart]:
            pages = self._client.get_paginator("list_parts").paginate(
                Bucket=self._bucket, Key=key, UploadId=store_upload
            )
            return {
                part["PartNumber"]: StoredPart(length=part["Size"], etag=part["ETag"])
                for page in pages
                for part in page.get("Parts", [])
            }

        return await self._run(listed)

    async def join_parts(
        self, key: str, store_upload: str, parts: Mapping[int, StoredPart]
    ) -> None:
        """Makes the object of its parts, in the order of their numbers. Raises StoreUploadGone."""
        await self._run(
            lambda: self._patient.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=store_upload,
                MultipartUpload={
                    "Parts": [
                        {"PartNumber": number, "ETag": parts[number].etag}
                        for number in sorted(parts)
                    ]
                },
            ),
            # A store that copies the parts needs their room once more, and gives it back at once.
            needed=sum(part.length for part in parts.values()),
        )

    async def abort_upload(self, key: str, store_upload: str) -> None:
        """Removes the parts; nothing happens when there is no such upload."""
        try:
            await self._run(
                lambda: self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=store_upload
                )
            )
        except StoreUploadGone:
            return

    async def abandoned_uploads(self, prefix: str, before: datetime) -> Sequence[tuple[str, str]]:
        """Keys and ids of the multipart uploads under a prefix that were begun before a time."""

        def listed() -> list[tuple[str, str]]:
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            return [
                (upload["Key"], upload["UploadId"])
                for page in pages
                for upload in page.get("Uploads", [])
                # Some stores list all of them whatever the prefix.
                if upload["Key"].startswith(prefix) and upload["Initiated"] < before
            ]

        return await self._run(listed)

    async def _run(self, call: Callable[[], T], *, needed: int = 0) -> T:
        def translated() -> T:
            with self._errors.translated(needed=needed):
                return call()

        # With the context of the call, so that its trace knows what the store was asked.
        here = copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, here.run, translated)

    def _listed(self, prefix: str) -> dict[str, datetime]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix, PaginationConfig={"PageSize": _KEYS_PER_PAGE}
        )
        return {
            entry["Key"]: entry["LastModified"]
            for page in pages
            for entry in page.get("Contents", [])
        }

    def _check(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            if status_of(error) != 404 or not self._errors.on_this_machine:
                raise
            try:
                self._client.create_bucket(Bucket=self._bucket)
                log.info("bucket_created", bucket=self._bucket)
            except self._client.exceptions.BucketAlreadyOwnedByYou:
                return


def _whole(ask: Callable[[], GetObjectOutputTypeDef]) -> bytes:
    """The body of an answer; one that breaks off is asked for again."""
    for _ in range(_READS - 1):
        answer = ask()
        try:
            return answer["Body"].read()
        except (HTTPClientError, IncompleteReadError) as error:
            log.warning("store_broke_off", error=repr(error))
    return ask()["Body"].read()
