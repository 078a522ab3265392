"""The numbers of compare; see `servicekit.metrics`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from prometheus_client import Histogram

from services.compare.outcome import Mode
from services.servicekit.metrics import SECONDS, Metrics


class Cache(Protocol):
    """What a cache tells of itself."""

    @property
    def hits(self) -> int:
        """Since the process started."""
        ...

    @property
    def misses(self) -> int:
        """Since the process started; each was fetched or computed."""
        ...

    @property
    def size_bytes(self) -> int:
        """Of all that is in it now."""
        ...


class CompareMetrics:
    """caches: by the names that they have as labels."""

    def __init__(
        self,
        metrics: Metrics,
        caches: Mapping[str, Cache],
        *,
        watchers: Callable[[], int],
        computing: Callable[[], int],
    ) -> None:
        self._comparisons = Histogram(
            "sage_compare_comparison_seconds",
            "How long computed comparisons took, with loading and waiting for room.",
            ("mode",),
            buckets=SECONDS,
            registry=metrics.registry,
        )
        for mode in Mode:
            self._comparisons.labels(mode.value)
        metrics.read_counter(
            "sage_compare_cache_lookups",
            "Looks into caches, by what was found there.",
            ("cache", "result"),
            lambda: {
                (name, result): count
                for name, cache in caches.items()
                for result, count in (("hit", cache.hits), ("miss", cache.misses))
            },
        )
        metrics.read_gauge(
            "sage_compare_cache_bytes",
            "What the caches hold.",
            lambda: sum(cache.size_bytes for cache in caches.values()),
        )
        metrics.read_gauge(
            "sage_compare_watchers", "Watches of kept comparisons under way.", watchers
        )
        metrics.read_gauge(
            "sage_compare_computing", "Computations under way or waiting for a thread.", computing
        )

    def computed(self, mode: Mode, seconds: float) -> None:
        """A comparison was computed."""
        self._comparisons.labels(mode.value).observe(seconds)
