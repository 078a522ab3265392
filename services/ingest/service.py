"""Puts the ingest service together."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from sage.ingest.v1 import ingest_pb2, ingest_pb2_grpc
from services.ingest.adapters.database import UploadTable, VideoTable
from services.ingest.adapters.processes import MediaProcesses
from services.ingest.adapters.proxy_census import ProxyCensus
from services.ingest.adapters.proxy_processes import ProxyProcesses
from services.ingest.adapters.proxy_table import ProxyTable
from services.ingest.api.part_intake import PartIntake, serve_parts_as_streams
from services.ingest.api.servicer import IngestServicer, Library, VideoSourceServicer
from services.ingest.library.catalogue import Catalogue
from services.ingest.library.expiry import Expiry
from services.ingest.library.kept import Kept
from services.ingest.library.previews import Previews
from services.ingest.library.still_links import StillLinks
from services.ingest.library.technical import Technical
from services.ingest.media.turns import MediaInTurns
from services.ingest.migrate import MIGRATIONS, before_first_use
from services.ingest.proxies.making import Making
from services.ingest.proxies.proxies import Proxies
from services.ingest.proxies.worker import ProxyWorker
from services.ingest.settings import IngestSettings
from services.ingest.uploads.completing import Completing
from services.ingest.uploads.memory import MemoryBudget
from services.ingest.uploads.quota import Quota
from services.ingest.uploads.streaming import Streaming
from services.ingest.uploads.sweeping import Sweeping
from services.ingest.uploads.uploading import Uploading
from services.ingest.uploads.writing import PartWriter
from services.servicekit import database
from services.servicekit.background import background
from services.servicekit.health import Dependency
from services.servicekit.interceptor import CallObserver
from services.servicekit.names import new_id
from services.servicekit.object_store import ObjectStore
from services.servicekit.presigning import Presigner, find_credentials
from services.servicekit.revocation_list import RevocationList
from services.servicekit.revocations import Revocations
from services.servicekit.server import Draining, Service
from services.servicekit.settings import StoreSettings
from services.servicekit.swept import Swept

# How long a call waits for room in memory before it is told to come back.
_PATIENCE_SECONDS = 20.0
# What readers of shared links need of ingest: all of it is about one video.
_SHARED = (
    "GetVideo",
    "GetPlaybackUrl",
    "GetProxy",
    "GetFilmstrip",
    "GetStills",
    "GetWaveform",
    "GetTechnicalFacts",
)


class IngestService:
    """Builds the service from its settings."""

    def __init__(self, settings: IngestSettings, store_settings: StoreSettings) -> None:
        self._settings = settings
        self._store_settings = store_settings

    async def build(self, stack: AsyncExitStack, draining: Draining) -> Service:
        """Opens database, store and confined processes on `stack`, which closes them in turn.

        Raises StateError for what a person must put right, such as a database from elsewhere.
        """
        settings = self._settings
        lifetime = timedelta(days=settings.ingest_upload_days)
        engine = await stack.enter_async_context(
            database.open_database(
                settings.database_url,
                MIGRATIONS,
                migrating=settings.migrate_on_start,
                before_first_use=before_first_use(self._store_settings),
            )
        )
        uploads, videos = UploadTable(engine), VideoTable(engine)
        proxy_table = ProxyTable(engine, _now)
        store = ObjectStore.connect(self._store_settings, home=settings.home)
        stack.callback(store.close)
        signer = Presigner(self._store_settings, find_credentials())
        processes = await stack.enter_async_context(
            MediaProcesses(
                store,
                ready=settings.ingest_media_processes,
                seconds=settings.ingest_media_seconds,
            )
        )
        media = MediaInTurns(processes, limit=settings.ingest_media_processes)
        writer = PartWriter(store)
        uploading = Uploading(
            uploads,
            store,
            writer,
            _now,
            quota=Quota(
                bytes=settings.ingest_workspace_bytes, open_uploads=settings.ingest_open_uploads
            ),
            lifetime=lifetime,
            unused=timedelta(hours=settings.ingest_unused_upload_hours),
        )
        stack.push_async_callback(writer.stop)
        catalogue = Catalogue(
            videos,
            proxy_table,
            store,
            signer,
            _now,
            playback=timedelta(hours=settings.ingest_playback_hours),
            public_endpoint=self._store_settings.s3_public_endpoint,
        )
        owner = new_id()
        lease = timedelta(seconds=settings.ingest_lease_seconds)
        proxy_processes = await stack.enter_async_context(ProxyProcesses(store))
        making = Making(proxy_processes, store, proxy_table)
        proxy_worker = ProxyWorker(proxy_table, making, _now, owner=owner, lease=lease)
        proxies = Proxies(catalogue, proxy_table, _now, wake=proxy_worker.wake)
        if settings.ingest_make_proxies:
            background(stack, "proxies", proxy_worker.run())
        completing = Completing(
            uploads=uploads,
            videos=videos,
            store=store,
            media=media,
            uploading=uploading,
            writer=writer,
            proxies=proxies,
            clock=_now,
            owner=owner,
            lease=lease,
        )
        stack.push_async_callback(completing.stop)
        age = settings.retention_days
        expiry = Expiry(videos, catalogue, _now, age=None if age is None else timedelta(days=age))
        swept = Swept()
        sweeping = Sweeping(
            uploads=uploads,
            videos=videos,
            store=store,
            uploading=uploading,
            catalogue=catalogue,
            expiry=expiry,
            swept=swept,
            clock=_now,
            lifetime=lifetime,
            remembered=timedelta(days=settings.at_most_kept(settings.ingest_remembered_days)),
        )
        every = timedelta(seconds=settings.ingest_sweep_seconds)
        background(stack, "sweeping", sweeping.run(every))
        kept = Kept(catalogue, store)
        stack.push_async_callback(kept.stop)
        library = Library(
            uploading=uploading,
            completing=completing,
            streaming=Streaming(uploading, writer, _budget(settings.ingest_stream_memory)),
            catalogue=catalogue,
            technical=Technical(catalogue, kept, media),
            previews=Previews(catalogue, kept, media),
            still_links=StillLinks(catalogue, kept, store, media),
            proxies=proxies,
        )
        parts = PartIntake(_budget(settings.ingest_part_memory))
        ingest = IngestServicer(library, parts, draining)
        sources = VideoSourceServicer(catalogue)
        names = ingest_pb2.DESCRIPTOR.services_by_name
        source_service = names["VideoSourceService"].full_name
        observer = self._observed(
            stack,
            writer,
            engine,
            store,
            swept,
            confined=lambda: processes.running + proxy_processes.running,
        )
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
            shared={f"/{names['IngestService'].full_name}/{each}": ("name",) for each in _SHARED},
            revocations=Revocations(RevocationList(self._store_settings).read),
            observer=observer,
        )

    def _observed(
        self,
        stack: AsyncExitStack,
        writer: PartWriter,
        engine: AsyncEngine,
        objects: ObjectStore,
        swept: Swept,
        *,
        confined: Callable[[], int],
    ) -> CallObserver | None:
        port = self._settings.ingest_metrics_port
        if port is None:
            return None
        # Nobody else waits for their library.
        from services.ingest.metrics import IngestMetrics  # noqa: PLC0415
        from services.servicekit.metrics import Metrics  # noqa: PLC0415

        metrics = Metrics()
        metrics.count_swept(swept)
        metrics.out.watch_database(engine)
        objects.watched_by(metrics.out.watch_store)
        ingest = IngestMetrics(metrics, writer, confined=confined)
        metrics.serve(stack, self._settings.metrics_host, port)
        background(stack, "census", ingest.keep_counting(ProxyCensus(engine).counts))
        return metrics.called


def _budget(limit: int) -> MemoryBudget:
    return MemoryBudget(limit, patience=_PATIENCE_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)
