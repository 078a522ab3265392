"""Puts the embed service together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sage.embed.v1 import embed_pb2_grpc, session_pb2_grpc
from services.embed.adapters import compare
from services.embed.adapters.compare import Comparisons
from services.embed.adapters.embedding_store import EmbeddingStore
from services.embed.adapters.ingest import RETRIED, Videos
from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_census import TaskCensus
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.adapters.vendor_media import VendorMedia
from services.embed.api.servicer import EmbedServicer
from services.embed.api.session_servicer import SessionServicer
from services.embed.artifacts.delivery import Delivery
from services.embed.artifacts.keys import (
    WORKSPACES,
    detail_tracks_prefix,
    embeddings_prefix,
    frame_tracks_prefix,
)
from services.embed.artifacts.removal import Removal
from services.embed.clock import now
from services.embed.engines.catalogue import Catalogue
from services.embed.engines.frame_tracks import FrameTracks
from services.embed.engines.local.engine import LocalEngine
from services.embed.engines.local.worker import LocalWorkers
from services.embed.engines.twelvelabs.connection import Connection
from services.embed.engines.twelvelabs.engine import TwelveLabsEngine
from services.embed.engines.twelvelabs.keys import KeyCheck
from services.embed.engines.twelvelabs.models import MODELS
from services.embed.ports import Engine
from services.embed.sessions.sessions import KeyKeeping, Sessions
from services.embed.sessions.vault import KeyedHash, Vault
from services.embed.settings import EmbedSettings
from services.embed.tasks.commands import TaskCommands
from services.embed.tasks.observing import AttemptObserver
from services.embed.tasks.pipeline import Pipeline
from services.embed.tasks.retention import Ages, Retention
from services.embed.tasks.task_state import RetryPolicy, Task
from services.embed.tasks.worker import Work, Worker
from services.servicekit import database, tracing
from services.servicekit.announcements import Announcements
from services.servicekit.background import background
from services.servicekit.channels import check_serving, open_channel
from services.servicekit.first_start import refuse_old_objects
from services.servicekit.health import Dependency
from services.servicekit.interceptor import CallObserver
from services.servicekit.object_store import ObjectStore
from services.servicekit.presigning import Presigner, find_credentials
from services.servicekit.revocation_list import RevocationList, keep_published
from services.servicekit.revocations import Revocations
from services.servicekit.s3_client import create_s3_client
from services.servicekit.server import Build, Draining, Service
from services.servicekit.tokens import TokenIssuer
from services.servicekit.watch import Hub

MIGRATIONS = Path(__file__).parent / "migrations"
# On which PostgreSQL tells other replicas of changed tasks.
_TASKS_CHANNEL = "sage_embed_tasks"
_EMBED = "sage.embed.v1.EmbedService"
_SESSION = "sage.embed.v1.SessionService"
_INGEST = "sage.ingest.v1.IngestService"
# What the worker may take to put its tasks back into the queue when the service stops.
_WORKER_SECONDS = 10.0


def build(settings: EmbedSettings) -> Build:
    """What `servicekit.server.run` needs to start the service."""

    async def build_service(stack: AsyncExitStack, draining: Draining) -> Service:
        return await _Assembly(settings, stack, draining).assemble()

    return build_service


def _traced(work: Work) -> Work:
    if not tracing.wanted():
        return work
    # Nobody else waits for their library.
    from services.embed.adapters.traced_work import TracedWork  # noqa: PLC0415

    return TracedWork(work)


@dataclass(frozen=True, kw_only=True)
class _Observers:
    """Who counts what happens; None where nobody does."""

    calls: CallObserver | None = None
    attempts: AttemptObserver | None = None


class _Assembly:
    def __init__(self, settings: EmbedSettings, stack: AsyncExitStack, draining: Draining) -> None:
        self._settings = settings
        self._stack = stack
        self._draining = draining

    async def assemble(self) -> Service:
        settings, stack = self._settings, self._stack
        engine = await stack.enter_async_context(
            database.open_database(
                settings.database_url, MIGRATIONS, before_first_use=self._before_first_use()
            )
        )
        channel = await stack.enter_async_context(
            open_channel(settings.ingest_address, retried=RETRIED)
        )
        compare_channel = await stack.enter_async_context(
            open_channel(settings.compare_address, retried=compare.RETRIED)
        )
        announcements = Announcements(engine, _TASKS_CHANNEL)
        tasks = TaskStore(engine, announcements, open_tasks=settings.open_tasks)
        queue = TaskQueue(engine, announcements)
        embeddings = EmbeddingStore(engine)
        connection = Connection(settings.twelvelabs_base_url, threads=2 * settings.twelvelabs_tasks)
        stack.callback(connection.close)
        session_rows = SessionStore(engine)
        sessions = await self._sessions(session_rows, connection)

        async def ended_sessions() -> Collection[str]:
            return await session_rows.ended(now())

        publishing = keep_published(RevocationList(settings), ended_sessions)
        background(stack, "revocations", publishing)
        videos = Videos(channel, sessions.service_token)
        comparisons = Comparisons(compare_channel, sessions.service_token)
        objects = ObjectStore.connect(settings, home=settings.home)
        stack.callback(objects.close)
        media = VendorMedia(
            objects,
            Presigner(settings, find_credentials()),
            public_endpoint=settings.s3_public_endpoint,
            # A URL must outlive the longest wait for the vendor.
            lifetime=timedelta(seconds=2 * settings.task_wait_seconds),
        )
        workers = await stack.enter_async_context(LocalWorkers(settings.local_engine_workers))
        engines = self._engines(connection, sessions, queue, media, workers)
        hub = Hub(tasks)
        stack.push_async_callback(hub.close)
        names = [each.spec.name for each in engines]
        observers = self._observers(names, TaskCensus(engine), hub, workers)
        pipeline = Pipeline(
            queue,
            objects,
            videos.object_key,
            {each.spec.name: each for each in engines},
            policy=RetryPolicy(
                max_failures=settings.task_max_failures,
                first_wait=settings.task_retry_seconds,
                outage=settings.task_outage_seconds,
            ),
            ceiling=settings.task_wait_seconds,
            observer=observers.attempts,
        )
        worker = Worker(
            queue,
            _traced(pipeline),
            {each.spec.name: each.slots for each in engines},
            max_failures=settings.task_max_failures,
            lease=settings.task_lease_seconds,
            observer=observers.attempts,
        )
        announcements.subscribe(hub.announced)
        announcements.subscribe(worker.announced)
        await stack.enter_async_context(announcements.listening())
        background(stack, "worker", worker.run(self._draining), patience=_WORKER_SECONDS)
        removal = Removal(embeddings, tasks, objects)
        retention = Retention(
            tasks,
            session_rows,
            removal,
            Ages(
                requests=settings.task_request_days,
                tasks=settings.task_retention_days,
                sessions=settings.session_retention_days,
            ),
        )
        sweeping = retention.run(settings.embed_sweep_seconds, self._draining)
        background(stack, "retention", sweeping, patience=_WORKER_SECONDS)
        commands = TaskCommands(tasks, Catalogue(engines), videos.get, pipeline.clean_up)
        stack.push_async_callback(commands.close)

        async def remove_data(workspace: str) -> None:
            await comparisons.delete_all(workspace)
            await commands.remove_all(workspace)
            await embeddings.delete_workspace(workspace)
            await objects.remove_under(embeddings_prefix(workspace))
            await objects.remove_under(frame_tracks_prefix(workspace))
            await objects.remove_under(detail_tracks_prefix(workspace))
            await videos.delete_all(workspace)

        async def holds_data(workspace: str) -> bool:
            # Each embedding has a task, and each task had a video, which may be gone. An upload may
            # become a video at any time.
            found = await tasks.page(workspace, video="", states=(), limit=1, after=None)
            return bool(found) or await videos.any(workspace) or await comparisons.any(workspace)

        delivery = Delivery(objects, removal.damaged)
        embed = EmbedServicer(
            sessions, commands, tasks, embeddings, delivery, removal, hub, self._draining
        )
        session = SessionServicer(sessions, holds_data=holds_data, remove_data=remove_data, now=now)
        return Service(
            register=[
                lambda server: embed_pb2_grpc.add_EmbedServiceServicer_to_server(embed, server),
                lambda server: session_pb2_grpc.add_SessionServiceServicer_to_server(
                    session, server
                ),
            ],
            services=[_EMBED, _SESSION],
            dependencies=[
                Dependency(name="database", check=lambda: database.ping(engine)),
                Dependency(name="store", check=objects.check),
                Dependency(name="ingest", check=lambda: check_serving(channel, _INGEST)),
            ],
            public=[f"/{_SESSION}/CreateSession"],
            revocations=Revocations(ended_sessions),
            observer=observers.calls,
        )

    def _observers(
        self, engines: Collection[str], census: TaskCensus, hub: Hub[Task], workers: LocalWorkers
    ) -> _Observers:
        port = self._settings.embed_metrics_port
        if port is None:
            return _Observers()
        # Nobody else waits for their library.
        from services.embed.metrics import EmbedMetrics  # noqa: PLC0415
        from services.servicekit.metrics import Metrics  # noqa: PLC0415

        metrics = Metrics()
        embed = EmbedMetrics(
            metrics, engines, watchers=lambda: hub.watchers, confined=lambda: workers.running
        )
        metrics.serve(self._stack, self._settings.metrics_host, port)
        background(self._stack, "census", embed.keep_counting(census.counts))
        return _Observers(calls=metrics.called, attempts=embed)

    def _before_first_use(self) -> Callable[[], Awaitable[None]] | None:
        settings = self._settings
        if settings.start_empty:
            return None
        client = create_s3_client(settings.s3_endpoint, settings.s3_region)
        return refuse_old_objects(
            client,
            settings.s3_bucket,
            root=WORKSPACES,
            folders=["embeddings/", "frame-tracks/"],
            of="embed",
        )

    def _engines(
        self,
        connection: Connection,
        sessions: Sessions,
        queue: TaskQueue,
        media: VendorMedia,
        workers: LocalWorkers,
    ) -> list[Engine]:
        """The best one first."""
        settings = self._settings
        frame_tracks = FrameTracks(settings, workers)
        engines: list[Engine] = [
            TwelveLabsEngine(
                model,
                connection,
                sessions.api_key,
                queue,
                media,
                frame_tracks,
                slots=settings.twelvelabs_tasks,
            )
            for model in MODELS
        ]
        if settings.local_engine:
            engines.append(LocalEngine(settings, workers))
        return engines

    async def _sessions(self, rows: SessionStore, connection: Connection) -> Sessions:
        settings = self._settings
        keeping = None
        if settings.master_key_file is not None:
            vault = Vault(settings.master_key_file)
            keeping = KeyKeeping(
                check=KeyCheck(connection),
                vault=vault,
                keyed_hash=KeyedHash(await rows.hash_key(vault)),
            )
        return Sessions(
            rows,
            TokenIssuer(settings.token_signing_key_file),
            keeping=keeping,
            anonymous_workspace=settings.anonymous_workspace,
            lifetime=settings.session_seconds,
        )
