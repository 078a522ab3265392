"""What compare tells Prometheus."""

from __future__ import annotations

from services.compare.cache import BoundedCache
from services.compare.metrics import CompareMetrics
from services.compare.outcome import Mode
from services.servicekit.metrics import Metrics


def test_comparisons_and_caches_are_told() -> None:
    cache = BoundedCache[str, int](30)
    metrics = Metrics()
    told = CompareMetrics(metrics, {"results": cache}, watchers=lambda: 4, computing=lambda: 3)
    cache.get("a")
    cache.put("a", 1, 10)
    cache.get("a")
    cache.get("a")
    told.computed(Mode.SEQUENCE, 1.5)

    value = metrics.registry.get_sample_value
    lookups = "sage_compare_cache_lookups_total"
    assert value(lookups, {"cache": "results", "result": "hit"}) == 2
    assert value(lookups, {"cache": "results", "result": "miss"}) == 1
    assert value("sage_compare_cache_bytes") == 10
    assert value("sage_compare_comparison_seconds_sum", {"mode": "SEQUENCE"}) == 1.5
    assert value("sage_compare_comparison_seconds_count", {"mode": "INDEX"}) == 0
    assert (value("sage_compare_watchers"), value("sage_compare_computing")) == (4, 3)
