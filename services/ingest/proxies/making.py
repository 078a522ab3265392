"""Makes one proxy: from the confined process into the store."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.media.content_types import PROXY_TYPE
from services.ingest.proxies.delivery import Delivery
from services.ingest.proxies.proxy import Proxy
from services.servicekit.errors import SageError
from services.servicekit.multipart import StoredPart, StoreUploadGone

log = structlog.get_logger()

# A proxy takes at most so much, and a sixth of that as a rule.
_LEAST_LIMIT_BYTES = 64 << 20
_MOST_BYTES_PER_SECOND = 3_000_000

TakePiece = Callable[[int, bytes], Awaitable[None]]
OnProgress = Callable[[float], None]
"""Called with the share that is done, 0..1."""


class ProxyEncoder(Protocol):
    """Encodes a stored video, at a safe distance."""

    async def encode(
        self,
        key: str,
        size: int,
        *,
        duration: float,
        take: TakePiece,
        on_progress: OnProgress,
    ) -> None:
        """Raises MediaError, SageError, and what `take` raises."""
        ...


class ProxyStore(Protocol):
    """The S3 bucket, as far as it is needed here."""

    async def open_upload(self, key: str, content_type: str) -> str:
        """Begins a multipart upload; its id."""
        ...

    async def put_part(
        self, key: str, store_upload: str, number: int, data: bytes | bytearray
    ) -> str:
        """Stores a part durably, in place of an earlier one; its ETag. Raises StoreUploadGone."""
        ...

    async def join_parts(
        self, key: str, store_upload: str, parts: Mapping[int, StoredPart]
    ) -> None:
        """Makes the object of its parts, in the order of their numbers. Raises StoreUploadGone."""
        ...

    async def abort_upload(self, key: str, store_upload: str) -> None:
        """Removes the parts; nothing happens when there is no such upload."""
        ...

    async def remove_under(self, prefix: str) -> None:
        """Removes every object whose key begins with `prefix`."""
        ...


class HeldProxies(Protocol):
    """Proxies in the database, as their holder writes them."""

    async def opened(self, proxy: Proxy) -> bool:
        """Notes where the attempt writes; False when the proxy is not the attempt's any more."""
        ...


class NotHeld(Exception):
    """Another replica has taken the proxy over, or its video was removed."""


class Making:
    """Leaves nothing in the store unless the proxy has become complete."""

    def __init__(self, encoder: ProxyEncoder, store: ProxyStore, records: HeldProxies) -> None:
        self._encoder = encoder
        self._store = store
        self._records = records

    async def make(self, proxy: Proxy, on_progress: OnProgress) -> Proxy:
        """The proxy with its object in the store.

        proxy: as it was claimed. Raises NotHeld, MediaError and SageError.
        """
        if proxy.store_key:
            await self.discard(proxy)  # what an attempt left that was killed
        key = proxy.attempt_key
        opened = proxy.writing(key, await self._store.open_upload(key, PROXY_TYPE))
        try:
            if not await self._records.opened(opened):
                raise NotHeld
            await self._written(opened, on_progress)
        except BaseException:
            await self._discarded(opened)
            raise
        return opened

    async def discard(self, proxy: Proxy) -> None:
        """Removes what the attempt wrote, whole or not."""
        await self._store.abort_upload(proxy.store_key, proxy.store_upload)
        await self._store.remove_under(proxy.store_key)

    async def _written(self, proxy: Proxy, on_progress: OnProgress) -> None:
        parts: dict[int, StoredPart] = {}

        async def store(number: int, data: bytes) -> None:
            etag = await self._store.put_part(proxy.store_key, proxy.store_upload, number, data)
            parts[number] = StoredPart(length=len(data), etag=etag)

        most = _LEAST_LIMIT_BYTES + round(_MOST_BYTES_PER_SECOND * proxy.duration)
        delivery = Delivery(store, most_bytes=most)
        try:
            await self._encoder.encode(
                proxy.object_key,
                proxy.source_bytes,
                duration=proxy.duration,
                take=delivery.take,
                on_progress=on_progress,
            )
            await delivery.finish()
            await self._store.join_parts(proxy.store_key, proxy.store_upload, parts)
        except StoreUploadGone:
            raise SageError(
                ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE,
                "The store has lost parts of the preview copy. Ask for it again.",
            ) from None

    async def _discarded(self, proxy: Proxy) -> None:
        try:
            await self.discard(proxy)
        except SageError as error:
            # Unfinished uploads go with the sweep, and whole objects with their video.
            log.warning("proxy_left_behind", key=proxy.store_key, reason=error.reason_name)
