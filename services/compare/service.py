"""Puts the compare service together."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from sage.compare.v1 import compare_pb2_grpc, saved_comparison_pb2_grpc
from sage.compare.v1.compare_pb2 import Comparison
from sage.embed.v1 import api_token_pb2, embed_pb2, session_pb2
from sage.ingest.v1 import ingest_pb2
from services.compare.adapters.comparison_store import ComparisonStore
from services.compare.adapters.embed import RETRIED, CacheKey, EmbedServiceEmbeddings, Segments
from services.compare.adapters.embed import SERVICE as EMBED_SERVICE
from services.compare.adapters.ingest import RETRIED as RETRIED_OF_INGEST
from services.compare.adapters.ingest import IngestServiceFiles
from services.compare.adapters.share_link_store import ShareLinkStore
from services.compare.adapters.share_sessions import EmbedShareSessions
from services.compare.api.comparison_servicer import ComparisonServicer
from services.compare.api.servicer import CompareServicer, ResultKey
from services.compare.cache import BoundedCache
from services.compare.computing import Computing
from services.compare.memory import MemoryBudget
from services.compare.migrate import MIGRATIONS
from services.compare.ports import ComparisonObserver
from services.compare.saved.comparison import Micros, SavedComparison
from services.compare.saved.forgetting import Forgetting
from services.compare.saved.share_links import ShareLinks
from services.compare.settings import CompareSettings
from services.compare.timeline import FrameTrack
from services.servicekit import database, server
from services.servicekit.announcements import Announcements
from services.servicekit.background import background
from services.servicekit.channels import check_serving, open_channel
from services.servicekit.health import Dependency
from services.servicekit.identity import current_identity
from services.servicekit.interceptor import CallObserver
from services.servicekit.names import resource_id
from services.servicekit.revocations import ReadEnded, Revocations
from services.servicekit.swept import Swept
from services.servicekit.watch import Hub

SERVICE = "sage.compare.v1.CompareService"
KEPT_SERVICE = "sage.compare.v1.ComparisonService"
# On which PostgreSQL tells other replicas of changed comparisons.
_COMPARISONS_CHANNEL = "sage_compare_comparisons"
# Compare knows the contracts of the others: through the gateway, reflection on it tells of all.
_DESCRIBED = tuple(
    file.services_by_name[name].full_name
    for file, name in (
        (ingest_pb2.DESCRIPTOR, "IngestService"),
        (embed_pb2.DESCRIPTOR, "EmbedService"),
        (session_pb2.DESCRIPTOR, "SessionService"),
        (api_token_pb2.DESCRIPTOR, "ApiTokenService"),
    )
)
# What readers of shared links need of compare, and the fields that say what it is about.
_SHARED = {
    f"/{SERVICE}/CompareVideos": ("a", "b"),
    f"/{SERVICE}/ComputeComparison": ("a", "b"),
    f"/{SERVICE}/ExportComparison": ("a", "b"),
    f"/{SERVICE}/GetSimilarityMatrix": ("a", "b"),
    f"/{SERVICE}/GetTechnicalDifferences": ("a", "b"),
    f"/{SERVICE}/GetTimeMap": ("a", "b"),
    f"/{SERVICE}/MapTimes": ("a", "b"),
    f"/{KEPT_SERVICE}/GetComparison": ("name",),
    f"/{KEPT_SERVICE}/WatchComparisons": ("names",),
}


def build(settings: CompareSettings, ended_sessions: ReadEnded) -> server.Build:
    """What `servicekit.server.run` needs to start the service.

    ended_sessions: reads which sessions ended before their tokens do.
    """

    async def build_service(stack: AsyncExitStack, draining: server.Draining) -> server.Service:
        channel = await stack.enter_async_context(
            open_channel(settings.embed_address, retried=RETRIED)
        )
        # Comparisons go on without ingest, so the service's health does not depend on it.
        files = await stack.enter_async_context(
            open_channel(settings.ingest_address, retried=RETRIED_OF_INGEST)
        )
        engine = await stack.enter_async_context(
            database.open_database(
                settings.database_url, MIGRATIONS, migrating=settings.migrate_on_start
            )
        )
        announcements = Announcements(engine, _COMPARISONS_CHANNEL)
        comparisons = ComparisonStore(engine, announcements, limit=settings.compare_kept)
        hub = Hub(comparisons)
        stack.push_async_callback(hub.close)
        announcements.subscribe(hub.announced)
        await stack.enter_async_context(announcements.listening())
        swept = Swept()
        links = ShareLinkStore(engine)
        forgetting = Forgetting(comparisons, links, _now, swept, days=settings.retention_days)
        background(stack, "forgetting", forgetting.run())
        shares = ShareLinks(links, EmbedShareSessions(channel))
        kept = ComparisonServicer(comparisons, hub, draining, shares, _now)
        computing = Computing(workers=settings.compare_workers, queue=settings.compare_queue)
        stack.callback(computing.close)
        tracks = BoundedCache[CacheKey, Segments | FrameTrack](settings.compare_cache_bytes)
        results = BoundedCache[ResultKey, Comparison](settings.compare_results_bytes)
        calls, comparisons_computed = _observers(
            settings, stack, engine, {"tracks": tracks, "results": results}, hub, computing, swept
        )

        async def find_saved(name: str) -> SavedComparison:
            return await comparisons.get(current_identity().workspace, resource_id(name))

        servicer = CompareServicer(
            EmbedServiceEmbeddings(channel, tracks),
            IngestServiceFiles(files),
            computing,
            results,
            MemoryBudget(settings.compare_memory_bytes, waiting=settings.compare_queue),
            settings.compare_seconds,
            find_saved,
            comparisons_computed,
        )

        async def embed_serves() -> None:
            await check_serving(channel, EMBED_SERVICE)

        return server.Service(
            register=[
                lambda s: compare_pb2_grpc.add_CompareServiceServicer_to_server(servicer, s),
                lambda s: saved_comparison_pb2_grpc.add_ComparisonServiceServicer_to_server(
                    kept, s
                ),
            ],
            services=[SERVICE, KEPT_SERVICE],
            described=_DESCRIBED,
            shared=_SHARED,
            dependencies=[
                Dependency(name="embed", check=embed_serves),
                Dependency(name="database", check=lambda: database.ping(engine)),
            ],
            revocations=Revocations(ended_sessions),
            observer=calls,
        )

    return build_service


def _observers(
    settings: CompareSettings,
    stack: AsyncExitStack,
    engine: AsyncEngine,
    caches: Mapping[str, BoundedCache[Any, Any]],
    hub: Hub[Any],
    computing: Computing,
    swept: Swept,
) -> tuple[CallObserver | None, ComparisonObserver | None]:
    """Who counts calls and comparisons; None where nobody does."""
    port = settings.compare_metrics_port
    if port is None:
        return None, None
    # Nobody else waits for their library.
    from services.compare.metrics import CompareMetrics  # noqa: PLC0415
    from services.servicekit.metrics import Metrics  # noqa: PLC0415

    metrics = Metrics()
    metrics.count_swept(swept)
    metrics.out.watch_database(engine)
    compare = CompareMetrics(
        metrics, caches, watchers=lambda: hub.watchers, computing=lambda: computing.taken
    )
    metrics.serve(stack, settings.metrics_host, port)
    return metrics.called, compare.computed


def _now() -> Micros:
    return time.time_ns() // 1000
