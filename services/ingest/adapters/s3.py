"""The object store over boto3, whose blocking calls run on a bounded pool of threads."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlsplit

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.ports import StoredPart, StoreUploadGone
from services.servicekit.errors import SageError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

log = structlog.get_logger()

T = TypeVar("T")

_DIGEST_BLOCK = 1 << 20
_KEYS_PER_DELETE = 1000
_RETRY_SECONDS = 2.0
_FULL_STATUS = 507
_FULL_CODES = frozenset({"InsufficientStorage", "XMinioStorageFull", "QuotaExceeded"})
# A store on this machine whose disk has less room than this fails because of that.
_FULL_BELOW_BYTES = 64 << 20


class S3Store:
    """One bucket.

    client: for everything but joining parts. patient_client: for joining, which some stores do by
    copying everything. home: where a store on this machine keeps its files, to tell a full disk
    from other failures. threads: how many calls may be under way at once.
    """

    def __init__(
        self, client: S3Client, patient_client: S3Client, bucket: str, home: Path, *, threads: int
    ) -> None:
        self._client = client
        self._patient = patient_client
        self._bucket = bucket
        self._home = home
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="s3")
        # Health must be heard even when every other thread waits for the store.
        self._health_thread = ThreadPoolExecutor(1, thread_name_prefix="s3-health")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._health_thread.shutdown(wait=False, cancel_futures=True)

    async def check(self) -> None:
        """Raises unless the bucket is there; a store on this machine gets it made."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._health_thread, self._check)

    async def open_upload(self, key: str, content_type: str) -> str:
        answer = await self._run(
            lambda: self._client.create_multipart_upload(
                Bucket=self._bucket, Key=key, ContentType=content_type
            )
        )
        return answer["UploadId"]

    async def put_part(
        self, key: str, store_upload: str, number: int, data: bytes | bytearray
    ) -> str:
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
        try:
            await self._run(
                lambda: self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=store_upload
                )
            )
        except StoreUploadGone:
            return

    async def abandoned_uploads(self, prefix: str, before: datetime) -> Sequence[tuple[str, str]]:
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

    async def size(self, key: str) -> int | None:
        def head() -> int | None:
            try:
                return self._client.head_object(Bucket=self._bucket, Key=key)["ContentLength"]
            except ClientError as error:
                if _status(error) == 404:
                    return None
                raise

        return await self._run(head)

    async def sha256(self, key: str) -> str:
        def digest() -> str:
            body = self._client.get_object(Bucket=self._bucket, Key=key)["Body"]
            sha256 = hashlib.sha256()
            try:
                for block in body.iter_chunks(_DIGEST_BLOCK):
                    sha256.update(block)
            finally:
                body.close()
            return sha256.hexdigest()

        return await self._run(digest)

    async def read(self, key: str) -> bytes | None:
        def get() -> bytes | None:
            try:
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                if _status(error) == 404:
                    return None
                raise

        return await self._run(get)

    async def write(self, key: str, data: bytes) -> None:
        await self._run(lambda: self._client.put_object(Bucket=self._bucket, Key=key, Body=data))

    async def remove_all(self, prefix: str) -> None:
        def remove() -> None:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket,
                Prefix=prefix,
                PaginationConfig={"PageSize": _KEYS_PER_DELETE},
            )
            # Listed to the end first: a store may number its pages by what is still there.
            keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
            for key in keys:
                self._client.delete_object(Bucket=self._bucket, Key=key)

        await self._run(remove)

    async def _run(self, call: Callable[[], T], *, needed: int = 0) -> T:
        def translated() -> T:
            with self._translated(needed):
                return call()

        return await asyncio.get_running_loop().run_in_executor(self._threads, translated)

    def _check(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            if _status(error) != 404 or not _on_this_machine(self._client.meta.endpoint_url):
                raise
            try:
                self._client.create_bucket(Bucket=self._bucket)
                log.info("bucket_created", bucket=self._bucket)
            except self._client.exceptions.BucketAlreadyOwnedByYou:
                return

    @contextmanager
    def _translated(self, needed: int) -> Iterator[None]:
        """The store's failures as errors that say what they mean to the caller.

        needed: bytes of room that the call takes on the store's disk, besides the usual.
        """
        try:
            yield
        except ClientError as error:
            code, status = error.response.get("Error", {}).get("Code", ""), _status(error)
            if code == "NoSuchUpload":
                raise StoreUploadGone from error
            if status == _FULL_STATUS or code in _FULL_CODES:
                raise _storage_full() from error
            if status >= 500 and self._disk_is_full(needed):
                raise _storage_full() from error
            log.warning("store_refused", code=code, status=status, error=str(error))
            raise _unavailable() from error
        except (BotoCoreError, OSError) as error:
            log.warning("store_unreachable", error=repr(error))
            raise _unavailable() from error

    def _disk_is_full(self, needed: int) -> bool:
        """Whether the store runs here and its disk is full: some stores just say 500 then."""
        if not _on_this_machine(self._client.meta.endpoint_url) or not self._home.exists():
            return False
        return shutil.disk_usage(self._home).free < needed + _FULL_BELOW_BYTES


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _on_this_machine(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unavailable() -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
        "The store for videos does not answer at the moment. Nothing is lost; try again.",
        retry_after=_RETRY_SECONDS,
    )


def _storage_full() -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_STORAGE_FULL,
        "The store for videos has no room left. Remove videos, or have the disk enlarged, and go "
        "on with the upload; the parts that arrived are kept.",
    )
