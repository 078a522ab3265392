"""The numbers of ingest; see `servicekit.metrics`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from prometheus_client import Gauge

from services.ingest.proxies.proxy import ProxyState
from services.servicekit.errors import SageError
from services.servicekit.metrics import Metrics

_COUNT_SECONDS = 10.0


class Parts(Protocol):
    """What is known of parts that are written."""

    @property
    def in_flight(self) -> int:
        """How many parts are on their way to the store."""
        ...

    @property
    def stored_bytes(self) -> int:
        """Bytes of all parts that the store has taken since the process started."""
        ...


class IngestMetrics:
    """confined: how many confined processes are at work."""

    def __init__(self, metrics: Metrics, parts: Parts, *, confined: Callable[[], int]) -> None:
        metrics.read_counter(
            "sage_ingest_stored_bytes",
            "Bytes of parts that were stored here.",
            (),
            lambda: {(): parts.stored_bytes},
        )
        metrics.read_gauge(
            "sage_ingest_parts_in_flight",
            "Parts that are being written to the store here.",
            lambda: parts.in_flight,
        )
        metrics.read_gauge(
            "sage_ingest_confined_processes", "Confined processes at work here.", confined
        )
        self._proxies = Gauge(
            "sage_ingest_proxies",
            "Copies for browsers, in all replicas.",
            ("state",),
            registry=metrics.registry,
        )

    async def keep_counting(
        self, counts: Callable[[], Awaitable[Mapping[ProxyState, int]]]
    ) -> None:
        """Looks at the proxies again and again, without an end."""
        while True:
            try:
                found = await counts()
            except SageError:  # the database is away, which health tells
                self._proxies.clear()
            else:
                for state in ProxyState:
                    self._proxies.labels(state.value).set(found.get(state, 0))
            await asyncio.sleep(_COUNT_SECONDS)
