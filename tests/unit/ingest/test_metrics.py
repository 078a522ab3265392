"""What ingest tells Prometheus."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

from services.ingest.adapters.proxy_census import ProxyCensus
from services.ingest.adapters.proxy_table import ProxyTable
from services.ingest.metrics import IngestMetrics
from services.servicekit.metrics import Metrics
from tests.fixtures.databases import database_of
from tests.unit.ingest.fakes import FakeClock
from tests.unit.ingest.proxies.test_proxy import waiting


async def test_parts_and_proxies_are_told(tmp_path: Path) -> None:
    metrics = Metrics()
    parts = SimpleNamespace(in_flight=2, stored_bytes=4096)
    told = IngestMetrics(metrics, parts, confined=lambda: 1)
    value = metrics.registry.get_sample_value
    async with database_of("ingest", tmp_path) as engine:
        clock = FakeClock()
        await ProxyTable(engine, clock, clock.monotonic).add(waiting())
        counting = asyncio.create_task(told.keep_counting(ProxyCensus(engine).counts))
        while value("sage_ingest_proxies", {"state": "QUEUED"}) is None:
            await asyncio.sleep(0.01)
        counting.cancel()
    assert value("sage_ingest_proxies", {"state": "QUEUED"}) == 1
    assert value("sage_ingest_proxies", {"state": "FAILED"}) == 0
    assert value("sage_ingest_stored_bytes_total") == 4096
    assert value("sage_ingest_parts_in_flight") == 2
    assert value("sage_ingest_confined_processes") == 1
