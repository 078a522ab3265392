"""A new database beside old objects is no first start: something was lost, and a person decides."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from services.servicekit.state import StateError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

log = structlog.get_logger()

_RETRY_SECONDS = 0.5
_FORBIDDEN, _NOT_FOUND = 403, 404


def refuse_old_objects(
    client: S3Client, bucket: str, *, root: str, folders: Sequence[str], of: str
) -> Callable[[], Awaitable[None]]:
    """What to do before a database is used for the first time.

    root: prefix under which every workspace has a folder, `workspaces/`.
    folders: what the service keeps in each of them, `videos/`.
    of: name of the service, for people.

    The answer waits until the store answers, and raises StateError when it holds such objects.
    """

    async def check() -> None:
        while True:
            try:
                found = await asyncio.to_thread(_first_object, client, bucket, root, folders)
                break
            except ClientError as error:
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
                if status == _NOT_FOUND:  # no bucket yet
                    return
                if status == _FORBIDDEN:
                    log.warning("old_objects_unknown", error="this key may not list the bucket")
                    return
                log.warning("waiting_for_store", error=repr(error))
            except BotoCoreError as error:
                log.warning("waiting_for_store", error=repr(error))
            await asyncio.sleep(_RETRY_SECONDS)
        if found is not None:
            raise StateError(
                f"The database of {of} is new, but the bucket {bucket} holds objects of an earlier "
                f"one ({found}). Restore that database from its backup; to do without it, set "
                "SAGE_START_EMPTY=true for one start: SAGE is empty then, and what was stored can "
                "no longer be reached."
            )

    return check


def _first_object(client: S3Client, bucket: str, root: str, folders: Sequence[str]) -> str | None:
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=root, Delimiter="/"
    )
    for page in pages:
        for workspace in page.get("CommonPrefixes", []):
            for folder in folders:
                prefix = f"{workspace['Prefix']}{folder}"
                listed = client.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
                for found in listed.get("Contents", []):
                    return found["Key"]
    return None
