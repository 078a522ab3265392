"""A proxy and its stages. Videos that share an object share its proxy."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.ingest.library.video import Video, object_prefix
from services.ingest.proxies.playability import Cause
from services.servicekit.errors import SageError, reason_name

# So many replicas may die over one, or be left without the store, before it is given up.
MOST_FAILURES = 3
_GIVEN_UP = (
    "Making the preview copy was interrupted too often. The comparison is complete all the same; "
    "ask for the copy again later."
)


class ProxyState(enum.StrEnum):
    """The stages of a proxy."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A copy for browsers of the object `object_key`, which is `source_bytes` long.

    duration: of the video, in seconds. progress: 0..1. attempt: counts who took it; each writes
    under a key of its own, so that one who was slow harms nobody. owner: the replica at work.
    failures: attempts in a row that ended without an answer. store_key, store_upload: where the
    present attempt writes, or the object once it is READY; empty before. version: counts the
    changes of state.
    """

    object_key: str
    workspace: str
    source_bytes: int
    duration: float
    cause: Cause
    created_at: datetime
    updated_at: datetime
    state: ProxyState = ProxyState.QUEUED
    progress: float = 0.0
    attempt: int = 0
    failures: int = 0
    owner: str = ""
    store_key: str = ""
    store_upload: str = ""
    failure_reason: str = ""
    failure_message: str = ""
    version: int = 1

    @property
    def etag(self) -> str:
        """In quotation marks, as HTTP has it; another one after each change."""
        return f'"{self.version:x}"'

    @property
    def attempt_key(self) -> str:
        """Where the present attempt writes: beside the original, so that they go together."""
        return f"{object_prefix(self.object_key)}proxy-{self.attempt}.webm"

    @property
    def running(self) -> bool:
        """Whether a replica is making it, or has died over it."""
        return self.state is ProxyState.RUNNING

    def writing(self, store_key: str, store_upload: str) -> Proxy:
        """The present attempt, which writes there."""
        return replace(self, store_key=store_key, store_upload=store_upload)


def new_proxy(video: Video, cause: Cause, now: datetime) -> Proxy:
    """One that waits for its turn."""
    return Proxy(
        object_key=video.object_key,
        workspace=video.workspace,
        source_bytes=video.size_bytes,
        duration=video.duration,
        cause=cause,
        created_at=now,
        updated_at=now,
    )


def claimed(proxy: Proxy, owner: str, now: datetime) -> Proxy:
    """Taken by a replica: a waiting one, or one whose replica died. FAILED when too many died."""
    if proxy.running and proxy.failures + 1 >= MOST_FAILURES:
        return failed(proxy, reason_name(ErrorReason.ERROR_REASON_WORKER_CRASHED), _GIVEN_UP, now)
    return _next(
        proxy,
        now,
        state=ProxyState.RUNNING,
        progress=0.0,
        attempt=proxy.attempt + 1,
        failures=proxy.failures + (1 if proxy.running else 0),
        owner=owner,
    )


def ready(proxy: Proxy, now: datetime) -> Proxy:
    """Made; it lies where the attempt wrote."""
    return _next(
        proxy, now, state=ProxyState.READY, progress=1.0, failures=0, owner="", store_upload=""
    )


def failed(proxy: Proxy, reason: str, message: str, now: datetime) -> Proxy:
    """Not to be made without being asked for again; nothing of it is left in the store."""
    return _next(
        proxy,
        now,
        state=ProxyState.FAILED,
        owner="",
        store_key="",
        store_upload="",
        failure_reason=reason,
        failure_message=message,
    )


def interrupted(proxy: Proxy, error: SageError | None, now: datetime) -> Proxy:
    """Back in the queue: the replica stops (no error), or what it needs did not answer.

    After too many errors in a row it is FAILED.
    """
    if error is not None and proxy.failures + 1 >= MOST_FAILURES:
        return failed(proxy, error.reason_name, error.message, now)
    return _next(
        proxy,
        now,
        state=ProxyState.QUEUED,
        progress=0.0,
        failures=proxy.failures + (0 if error is None else 1),
        owner="",
        store_key="",
        store_upload="",
    )


def asked_again(proxy: Proxy, now: datetime) -> Proxy | None:
    """A FAILED one waits for its turn again; None for any other, which needs nothing."""
    if proxy.state is not ProxyState.FAILED:
        return None
    return _next(
        proxy,
        now,
        state=ProxyState.QUEUED,
        progress=0.0,
        failures=0,
        failure_reason="",
        failure_message="",
    )


def _next(proxy: Proxy, now: datetime, **changes: object) -> Proxy:
    return replace(proxy, updated_at=now, version=proxy.version + 1, **changes)  # type: ignore[arg-type]
