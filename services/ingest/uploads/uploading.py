"""Announcing a file and taking its parts, in any order, by any replica."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta

import google_crc32c
import structlog

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.library.video import key_prefix, object_key
from services.ingest.media.content_types import guessed_type, playback_type
from services.ingest.ports import (
    Clock,
    ObjectStore,
    UploadRecords,
)
from services.ingest.uploads.memory import Reservation
from services.ingest.uploads.quota import Quota
from services.ingest.uploads.upload import PART_BYTES, FileSpec, State, Upload, check_spec
from services.ingest.uploads.writing import PartWriter
from services.servicekit.errors import SageError, not_found
from services.servicekit.listing.requests import ListRequest, Page
from services.servicekit.multipart import StoredPart, StoreUploadGone
from services.servicekit.names import new_id

log = structlog.get_logger()


class Uploading:
    """Uploads until they are completed.

    quota: of each workspace. lifetime: how long an upload may stay unfinished. unused: how long one
    may stay for which no part has come.
    """

    def __init__(
        self,
        records: UploadRecords,
        store: ObjectStore,
        writer: PartWriter,
        clock: Clock,
        *,
        quota: Quota,
        lifetime: timedelta,
        unused: timedelta,
    ) -> None:
        self._records = records
        self._store = store
        self._writer = writer
        self._clock = clock
        self._quota = quota
        self._lifetime = lifetime
        self._unused = min(unused, lifetime)

    async def room(self, workspace: str) -> tuple[int, int]:
        """How many bytes a workspace has, and how many it may have."""
        usage = await self._records.usage(workspace)
        return usage.bytes, self._quota.bytes

    async def create(
        self, workspace: str, spec: FileSpec, request_id: str, *, rehearse: bool = False
    ) -> Upload:
        """A new upload, or the one that was created with the same request id.

        rehearse: nothing is created, and the answer is what it would be. Raises
        SageError(EMPTY_FILE, FILE_TOO_LARGE, REQUEST_ID_REUSED, QUOTA_EXCEEDED).
        """
        check_spec(spec)
        now = self._clock()
        upload = await self._records.add(
            Upload(
                id=new_id(),
                workspace=workspace,
                spec=spec,
                part_size=PART_BYTES,
                state=State.ACTIVE,
                video_id=new_id(),
                request_id=request_id,
                created_at=now,
                updated_at=now,
                expires_at=now + self._unused,
            ),
            self._quota,
            rehearse=rehearse,
        )
        if upload.spec != spec:
            raise SageError(
                ErrorReason.ERROR_REASON_REQUEST_ID_REUSED,
                "This request id already announced another file. Use a new one for each file.",
                metadata={"upload": upload.name},
            )
        return upload if rehearse else await self._opened(upload)

    async def get(self, workspace: str, upload_id: str) -> Upload:
        """Raises SageError(NOT_FOUND)."""
        upload = await self._records.get(workspace, upload_id)
        if upload is None:
            raise not_found(f"uploads/{upload_id}")
        return upload

    async def page(
        self, workspace: str, listing: ListRequest, *, states: Collection[State]
    ) -> Page[Upload]:
        """Raises SageError(INVALID_ARGUMENT, INVALID_PAGE_TOKEN)."""
        return await self._records.page(workspace, listing, states=states)

    async def touch(self, upload: Upload) -> Upload:
        """To be called before parts are written: an upload that is used is kept for longer.

        Raises SageError(NOT_FOUND, UPLOAD_NOT_ACTIVE).
        """
        while upload.expires_at < upload.created_at + self._lifetime:
            touched = upload.touched(self._clock(), self._lifetime)
            if await self._records.replace(touched):
                return touched
            upload = await self.get(upload.workspace, upload.id)
        return upload

    async def received(self, upload: Upload) -> list[int]:
        """The numbers of the parts that are durable, ascending."""
        if upload.state in (State.ABORTED, State.FAILED):
            return []
        stored: Mapping[int, StoredPart] = {}
        if upload.state is not State.COMPLETED:
            try:
                stored = await self._writer.durable(upload)
            except StoreUploadGone:
                # Joined already: everything was there.
                return list(range(1, upload.part_count + 1))
        return upload.durable_parts({number: part.length for number, part in stored.items()})

    async def put_part(
        self,
        workspace: str,
        upload_id: str,
        number: int,
        data: bytes,
        crc32c: int | None,
        reservation: Reservation | None = None,
    ) -> None:
        """Stores a part; it is durable on return. The reservation is released in any case.

        Raises SageError(NOT_FOUND, UPLOAD_NOT_ACTIVE, PART_OUT_OF_RANGE, CHECKSUM_MISMATCH).
        """
        try:
            upload = await self.get(workspace, upload_id)
            upload.check_active()
            upload.check_part(number, len(data))
            if crc32c is not None:
                await _check_crc32c(data, crc32c)
            upload = await self.touch(await self._opened(upload))
        except BaseException:
            if reservation is not None:
                reservation.release()
            raise
        writing = self._writer.begin(upload, number, data, reservation)
        try:
            await asyncio.shield(writing)
        except StoreUploadGone:
            raise (await self.get(workspace, upload_id)).not_active() from None

    async def abort(self, workspace: str, upload_id: str) -> Upload:
        """Gives an upload up. Raises SageError(NOT_FOUND, UPLOAD_NOT_ACTIVE)."""
        while True:
            upload = await self.get(workspace, upload_id)
            aborted = upload.abort(self._clock())
            if aborted is upload:
                return upload
            if await self._records.replace(aborted):
                break
        return await self.remove_leftovers(aborted)

    async def remove_leftovers(self, upload: Upload) -> Upload:
        """Removes what an upload that is over left in the store.

        When the store does not answer, the sweep will try again later.
        """
        try:
            await self._writer.settle(upload.id)
            key = object_key(upload.workspace, upload.video_id)
            if upload.store_upload is not None:
                await self._store.abort_upload(key, upload.store_upload)
            await self._store.remove_under(key_prefix(upload.workspace, upload.video_id))
        except SageError as error:
            log.warning("leftovers_stay", upload=upload.name, reason=error.reason_name)
            return upload
        cleaned = upload.cleaned(self._clock())
        return cleaned if await self._records.replace(cleaned) else upload

    async def _opened(self, upload: Upload) -> Upload:
        """The upload with a multipart upload in the store. Two callers at once agree on one."""
        while upload.store_upload is None and upload.state is State.ACTIVE:
            key = object_key(upload.workspace, upload.video_id)
            hint = guessed_type(upload.spec.display_name, upload.spec.content_type)
            store_upload = await self._store.open_upload(key, playback_type(hint))
            opened = upload.opened(store_upload, self._clock())
            if await self._records.replace(opened):
                return opened
            await self._store.abort_upload(key, store_upload)
            upload = await self.get(upload.workspace, upload.id)
        return upload


async def _check_crc32c(data: bytes, expected: int) -> None:
    found = await asyncio.to_thread(google_crc32c.value, data)
    if found != expected:
        raise SageError(
            ErrorReason.ERROR_REASON_CHECKSUM_MISMATCH,
            "The part was damaged on its way here. Send it again.",
            metadata={"expected_crc32c": f"{expected:08x}", "found_crc32c": f"{found:08x}"},
        )
