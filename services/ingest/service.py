"""Puts the ingest service together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.ingest.adapters.database import UploadTable, VideoTable
from services.ingest.adapters.presign import S3Signer, find_credentials
from services.ingest.adapters.processes import MediaProcesses
from services.ingest.adapters.s3 import S3Store
from services.ingest.api.part_intake import PartIntake, serve_parts_as_streams
from services.ingest.api.servicer import IngestServicer, Library, VideoSourceServicer
from services.ingest.library.catalogue import Catalogue
from services.ingest.library.previews import Previews
from services.ingest.settings import IngestSettings
from services.ingest.uploads.completing import Completing
from services.ingest.uploads.memory import MemoryBudget
from services.ingest.uploads.streaming import Streaming
from services.ingest.uploads.sweeping import Sweeping
from services.ingest.uploads.uploading import Uploading
from services.ingest.uploads.writing import PartWriter
from services.servicekit import database
from services.servicekit.health import Dependency
from services.servicekit.names import new_id
from services.servicekit.server import Draining, Service
from services.servicekit.settings import StoreSettings
from services.servicekit.store import create_s3_client

_MIGRATIONS = Path(__file__).parent / "migrations"
_STORE_THREADS = 16
# Some stores copy the whole file when its parts are joined.
_JOIN_SECONDS = 900
# How long a call waits for room in memory before it is told to come back.
_PATIENCE_SECONDS = 20.0


class IngestService:
    """Builds the service from its settings."""

    def __init__(self, settings: IngestSettings, store_settings: StoreSettings) -> None:
        self._settings = settings
        self._store_settings = store_settings

    async def build(self, stack: AsyncExitStack, draining: Draining) -> Service:
        settings = self._settings
        lifetime = timedelta(days=settings.ingest_upload_days)
        engine = await stack.enter_async_context(
            database.open_database(settings.database_url, _MIGRATIONS)
        )
        uploads, videos = UploadTable(engine), VideoTable(engine)
        store = self._store()
        stack.callback(store.close)
        signer = S3Signer(self._store_settings, find_credentials())
        media = await stack.enter_async_context(
            MediaProcesses(
                signer,
                limit=settings.ingest_media_processes,
                seconds=settings.ingest_media_seconds,
            )
        )
        writer = PartWriter(store)
        uploading = Uploading(uploads, store, writer, _now, lifetime)
        catalogue = Catalogue(
            videos,
            store,
            signer,
            _now,
            playback=timedelta(hours=settings.ingest_playback_hours),
            public_endpoint=self._store_settings.s3_public_endpoint,
        )
        completing = Completing(
            uploads=uploads,
            videos=videos,
            store=store,
            media=media,
            uploading=uploading,
            writer=writer,
            clock=_now,
            owner=new_id(),
            lease=timedelta(seconds=settings.ingest_lease_seconds),
        )
        stack.push_async_callback(completing.stop)
        sweeping = Sweeping(
            uploads=uploads,
            videos=videos,
            store=store,
            uploading=uploading,
            catalogue=catalogue,
            clock=_now,
            lifetime=lifetime,
        )
        every = timedelta(seconds=settings.ingest_sweep_seconds)
        await stack.enter_async_context(_in_background(sweeping.run(every)))
        library = Library(
            uploading=uploading,
            completing=completing,
            streaming=Streaming(uploading, writer, _budget(settings.ingest_stream_memory)),
            catalogue=catalogue,
            strips=Previews(catalogue, store, media),
        )
        parts = PartIntake(_budget(settings.ingest_part_memory))
        ingest = IngestServicer(library, parts, draining)
        sources = VideoSourceServicer(catalogue)
        names = ingest_pb2.DESCRIPTOR.services_by_name
        source_service = names["VideoSourceService"].full_name
        return Service(
            register=[
                lambda it: ingest_pb2_grpc.add_IngestServiceServicer_to_server(ingest, it),
                lambda it: ingest_pb2_grpc.add_VideoSourceServiceServicer_to_server(sources, it),
                lambda it: serve_parts_as_streams(it, ingest),
            ],
            services=[names["IngestService"].full_name, source_service],
            dependencies=[
                Dependency(name="store", check=store.check),
                Dependency(name="database", check=lambda: database.ping(engine)),
            ],
            internal=[source_service],
        )

    def _store(self) -> S3Store:
        store = self._store_settings
        return S3Store(
            create_s3_client(store.s3_endpoint, store.s3_region),
            create_s3_client(store.s3_endpoint, store.s3_region, read_timeout=_JOIN_SECONDS),
            store.s3_bucket,
            self._settings.home,
            threads=_STORE_THREADS,
        )


def _budget(limit: int) -> MemoryBudget:
    return MemoryBudget(limit, patience=_PATIENCE_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def _in_background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
