"""Which spans of a trace are calls of the database, of the store, and between services."""

from __future__ import annotations

from tests.bench.load.costs import Calls, counted
from tests.bench.load.measuring import part_of
from tests.fixtures.collector import Span


def span(service: str, name: str, own: str, parent: str = "client") -> Span:
    return Span(service=service, name=name, trace="t", id=own, parent=parent)


def test_a_call_between_services_counts_once_whatever_comes_of_it() -> None:
    spans = [
        span("sage-compare", "/CompareVideos", "1"),
        span("sage-compare", "/GetVideo", "2", parent="1"),
        span("sage-ingest", "/GetVideo", "3", parent="2"),
        span("sage-ingest", "SELECT videos", "4", parent="3"),
        span("sage-ingest", "S3.GetObject", "5", parent="3"),
        span("sage-ingest", "UPDATE videos", "6", parent="3"),
    ]
    assert counted(spans) == Calls(database=2, store=1, services=1)
    assert counted([]) == Calls(database=0, store=0, services=0)


def test_processes_are_known_by_what_they_were_started_with() -> None:
    assert part_of(["python", "-m", "services.embed"]) == "embed"
    assert part_of(["python", "-m", "nanio", "serve"]) == "store"
    assert part_of(["/x/envoy", "--config-path", "y"]) == "gateway"
    assert part_of(["sleep"]) == "other"
