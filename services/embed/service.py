"""Puts the embed service together."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from sage.embed.v1 import api_token_pb2_grpc, embed_pb2_grpc, session_pb2_grpc
from services.embed.adapters import compare
from services.embed.adapters.api_token_store import ApiTokenStore
from services.embed.adapters.compare import Comparisons
from services.embed.adapters.embedding_store import EmbeddingStore
from services.embed.adapters.ingest import RETRIED, Videos
from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_census import TaskCensus
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.adapters.vendor_media import VendorMedia
from services.embed.api.api_token_servicer import ApiTokenServicer
from services.embed.api.servicer import EmbedServicer
from services.embed.api.session_servicer import SessionServicer
from services.embed.artifacts.delivery import Delivery
from services.embed.artifacts.keys import (
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
from services.embed.migrate import MIGRATIONS, before_first_use
from services.embed.ports import Engine
from services.embed.sessions.api_tokens import ApiTokens
from services.embed.sessions.sessions import KeyKeeping, Sessions
from services.embed.sessions.vault import KeyedHash, Vault
from services.embed.settings import EmbedSettings
from services.embed.tasks.commands import TaskCommands, TaskRows
from services.embed.tasks.observing import AttemptObserver
from services.embed.tasks.pipeline import Pipeline
from services.embed.tasks.retention import Ages, Retention
from services.embed.tasks.task_state import RetryPolicy, Task
from services.embed.tasks.worker import Work, Worker
from services.servicekit import database, tracing
from services.servicekit.announcements import Announcements
from services.servicekit.background import background
from services.servicekit.channels import check_serving, open_channel
from services.servicekit.health import Dependency
from services.servicekit.interceptor import CallObserver
from services.servicekit.listing.requests import ListRequest
from services.servicekit.object_store import ObjectStore
from services.servicekit.presigning import Presigner, find_credentials
from services.servicekit.revocation_list import RevocationList, keep_published
from services.servicekit.revocations import Revocations
from services.servicekit.server import Build, Draining, Service
from services.servicekit.swept import Swept
from services.servicekit.tokens import TokenIssuer
from services.servicekit.watch import Hub

# On which PostgreSQL tells other replicas of changed tasks.
_TASKS_CHANNEL = "sage_embed_tasks"
_EMBED = "sage.embed.v1.EmbedService"
_SESSION = "sage.embed.v1.SessionService"
_API_TOKENS = "sage.embed.v1.ApiTokenService"
_INGEST = "sage.ingest.v1.IngestService"
# What readers of shared links need of embed, and the field that says what it is about.
_SHARED = {
    f"/{_EMBED}/ListEngines": (),
    f"/{_EMBED}/ListEmbeddings": ("video",),
    f"/{_EMBED}/GetEmbedding": ("name",),
    f"/{_EMBED}/StreamSegments": ("name",),
    f"/{_EMBED}/StreamFrameTrack": ("name",),
    f"/{_EMBED}/StreamDetailTrack": ("name",),
}
# What the worker may take to put its tasks back into the queue when the service stops.
_WORKER_SECONDS = 10.0


def build(settings: EmbedSettings) -> Build:
    """What `servicekit.server.run` needs to start the service."""

    async def build_service(stack: AsyncExitStack, draining: Draining) -> Service:
        return await _Assembly(settings, stack, draining).assemble()

    return build_service


def _traced(work: Work, rows: TaskRows) -> tuple[Work, TaskRows]:
    if not tracing.wanted():
        return work, rows
    # Nobody else waits for their library.
    from services.embed.adapters.traced_tasks import TracedRows, TracedWork  # noqa: PLC0415

    return TracedWork(work), TracedRows(rows)


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
                settings.database_url,
                MIGRATIONS,
                migrating=settings.migrate_on_start,
                before_first_use=before_first_use(settings),
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
        issuer = TokenIssuer(settings.token_signing_key_file)
        sessions = await self._sessions(session_rows, issuer, connection)
        api_tokens = ApiTokens(ApiTokenStore(engine), issuer)

        async def ended_sessions() -> Collection[str]:
            return await session_rows.ended(now())

        if settings.takes_calls:
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
        workers = LocalWorkers(settings.local_engine_workers)
        if settings.takes_tasks:
            await stack.enter_async_context(workers)
        engines = self._engines(connection, sessions, queue, media, workers)
        hub = Hub(tasks)
        stack.push_async_callback(hub.close)
        names = [each.spec.name for each in engines]
        swept = Swept()
        observers = self._observers(names, engine, objects, connection, hub, workers, swept)
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
        work, rows = _traced(pipeline, tasks)
        worker = Worker(
            queue,
            work,
            {each.spec.name: each.slots for each in engines},
            max_failures=settings.task_max_failures,
            lease=settings.task_lease_seconds,
            observer=observers.attempts,
        )
        announcements.subscribe(hub.announced)
        if settings.takes_tasks:
            announcements.subscribe(worker.announced)
        await stack.enter_async_context(announcements.listening())
        if settings.takes_tasks:
            background(stack, "worker", worker.run(self._draining), patience=_WORKER_SECONDS)
        removal = Removal(embeddings, tasks, objects)
        retention = Retention(
            tasks,
            session_rows,
            removal,
            Ages(
                requests=settings.at_most_kept(settings.task_request_days),
                tasks=settings.at_most_kept(settings.task_retention_days),
                sessions=settings.session_retention_days,
                embeddings=settings.retention_days,
            ),
            swept,
        )
        if settings.takes_calls:
            sweeping = retention.run(settings.embed_sweep_seconds, self._draining)
            background(stack, "retention", sweeping, patience=_WORKER_SECONDS)
        commands = TaskCommands(rows, Catalogue(engines), videos.get, pipeline.clean_up)
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
            found = await tasks.page(workspace, ListRequest(page_size=1))
            return (
                bool(found.items) or await videos.any(workspace) or await comparisons.any(workspace)
            )

        delivery = Delivery(objects, removal.damaged)
        embed = EmbedServicer(
            sessions, commands, tasks, embeddings, delivery, removal, hub, self._draining
        )
        session = SessionServicer(sessions, holds_data=holds_data, remove_data=remove_data, now=now)
        dependencies = [
            Dependency(name="database", check=lambda: database.ping(engine)),
            Dependency(name="store", check=objects.check),
            Dependency(name="ingest", check=lambda: check_serving(channel, _INGEST)),
        ]
        if not settings.takes_calls:
            return Service(register=[], services=[], dependencies=dependencies)
        tokens = ApiTokenServicer(sessions, api_tokens, now=now)
        return Service(
            register=[
                lambda server: embed_pb2_grpc.add_EmbedServiceServicer_to_server(embed, server),
                lambda server: session_pb2_grpc.add_SessionServiceServicer_to_server(
                    session, server
                ),
                lambda server: api_token_pb2_grpc.add_ApiTokenServiceServicer_to_server(
                    tokens, server
                ),
            ],
            services=[_EMBED, _SESSION, _API_TOKENS],
            dependencies=dependencies,
            public=[f"/{_SESSION}/CreateSession"],
            shared=_SHARED,
            by_session=[_SESSION, _API_TOKENS],
            revocations=Revocations(ended_sessions),
            observer=observers.calls,
        )

    def _observers(
        self,
        engines: Collection[str],
        engine: AsyncEngine,
        objects: ObjectStore,
        connection: Connection,
        hub: Hub[Task],
        workers: LocalWorkers,
        swept: Swept,
    ) -> _Observers:
        port = self._settings.embed_metrics_port
        if port is None:
            return _Observers()
        # Nobody else waits for their library.
        from services.embed.metrics import EmbedMetrics  # noqa: PLC0415
        from services.servicekit.metrics import Metrics  # noqa: PLC0415

        metrics = Metrics()
        metrics.count_swept(swept)
        metrics.out.watch_database(engine)
        objects.watched_by(metrics.out.watch_store)
        embed = EmbedMetrics(
            metrics, engines, watchers=lambda: hub.watchers, confined=lambda: workers.running
        )
        connection.watched_by(metrics.out.answered, embed.told_left)
        metrics.serve(self._stack, self._settings.metrics_host, port)
        background(self._stack, "census", embed.keep_counting(TaskCensus(engine).counts))
        return _Observers(calls=metrics.called, attempts=embed)

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

    async def _sessions(
        self, rows: SessionStore, issuer: TokenIssuer, connection: Connection
    ) -> Sessions:
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
            issuer,
            keeping=keeping,
            anonymous_workspace=settings.anonymous_workspace,
            lifetime=settings.session_seconds,
        )
