"""The list of ended sessions in the object store, which embed writes and others read.

Apart from `revocations`, because a service without a store has to get by without its client, too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection

import structlog
from botocore.exceptions import ClientError

from services.servicekit.revocations import INTERVAL_SECONDS, TIMEOUT_SECONDS, ReadEnded
from services.servicekit.s3_client import create_s3_client
from services.servicekit.settings import StoreSettings

log = structlog.get_logger()

_KEY = "revocations/sessions.json"
_NOT_THERE = ("NoSuchKey", "NoSuchBucket", "404")


class RevocationList:
    """The list in the object store, by which services that keep no sessions learn of their ends."""

    def __init__(self, settings: StoreSettings) -> None:
        self._bucket = settings.s3_bucket
        self._client = create_s3_client(
            settings.s3_endpoint, settings.s3_region, connections=2, read_timeout=TIMEOUT_SECONDS
        )

    async def read(self) -> Collection[str]:
        """The sessions on the list; none before it was first written."""
        return await asyncio.to_thread(self._read)

    async def publish(self, ended: Collection[str]) -> None:
        """Makes the list hold these sessions, and no others; writes only what has changed."""
        try:
            known = set(await self.read())
        except (ValueError, KeyError, TypeError):
            known = None  # damaged: what is written now takes its place
        if known != set(ended):
            await asyncio.to_thread(self._write, sorted(ended))

    def _read(self) -> Collection[str]:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=_KEY)
        except ClientError as error:
            # A store that is new has not even the bucket yet.
            if error.response.get("Error", {}).get("Code") in _NOT_THERE:
                return ()
            raise
        sessions: list[str] = json.loads(answer["Body"].read())["sessions"]
        return sessions

    def _write(self, sessions: list[str]) -> None:
        body = json.dumps({"sessions": sessions}).encode()
        self._client.put_object(
            Bucket=self._bucket, Key=_KEY, Body=body, ContentType="application/json"
        )


async def keep_published(revocations: RevocationList, ended: ReadEnded) -> None:
    """Publishes the sessions that ended, again and again, until it is cancelled.

    The store may be away for a while, or another replica may have written an older list.
    """
    while True:
        try:
            await revocations.publish(await ended())
        except Exception as error:
            log.warning("revocations_not_published", error=repr(error))
        await asyncio.sleep(INTERVAL_SECONDS)
