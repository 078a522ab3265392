from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.proxies.playability import Cause
from services.ingest.proxies.proxy import (
    MOST_FAILURES,
    Proxy,
    ProxyState,
    asked_again,
    claimed,
    failed,
    interrupted,
    ready,
)
from services.servicekit.errors import SageError
from tests.unit.ingest.fakes import START

LATER = START + timedelta(seconds=1)
AWAY = SageError(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, "The store is away.")


def waiting(**changes: object) -> Proxy:
    proxy = Proxy(
        object_key="workspaces/w/videos/v/original",
        workspace="w",
        source_bytes=1000,
        duration=2.0,
        cause=Cause.VIDEO_CODEC,
        created_at=START,
        updated_at=START,
    )
    return replace(proxy, **changes)  # type: ignore[arg-type]


def test_each_attempt_writes_in_a_place_of_its_own_beside_the_original() -> None:
    first = claimed(waiting(), "a", LATER)
    second = claimed(first, "b", LATER)
    assert first.attempt_key == "workspaces/w/videos/v/proxy-1.webm"
    assert second.attempt_key == "workspaces/w/videos/v/proxy-2.webm"


def test_a_proxy_over_which_replicas_die_is_given_up() -> None:
    proxy = waiting()
    for _ in range(MOST_FAILURES):
        assert proxy.state in (ProxyState.QUEUED, ProxyState.RUNNING)
        proxy = claimed(proxy, "a", LATER)
    given_up = claimed(proxy, "a", LATER)
    assert (given_up.state, given_up.failure_reason) == (ProxyState.FAILED, "WORKER_CRASHED")


def test_a_replica_that_stops_is_no_failure() -> None:
    proxy = claimed(waiting(), "a", LATER)
    for _ in range(2 * MOST_FAILURES):
        proxy = claimed(interrupted(proxy, None, LATER), "a", LATER)
    assert proxy.running


def test_a_store_that_stays_away_ends_it_with_its_reason() -> None:
    proxy = claimed(waiting(), "a", LATER)
    for _ in range(MOST_FAILURES - 1):
        proxy = interrupted(proxy, AWAY, LATER)
        assert proxy.state is ProxyState.QUEUED
        proxy = claimed(proxy, "a", LATER)
    proxy = interrupted(proxy, AWAY, LATER)
    assert (proxy.state, proxy.failure_reason) == (ProxyState.FAILED, "DEPENDENCY_UNAVAILABLE")


def test_only_a_failed_one_can_be_asked_for_again() -> None:
    running = claimed(waiting(), "a", LATER)
    over = failed(running, "STORAGE_FULL", "No room.", LATER)
    again = asked_again(over, LATER)
    assert again is not None
    assert (again.state, again.failure_reason, again.attempt) == (ProxyState.QUEUED, "", 1)
    assert again.etag != over.etag
    for other in (waiting(), running, ready(running, LATER)):
        assert asked_again(other, LATER) is None
