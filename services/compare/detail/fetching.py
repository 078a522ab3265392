"""Brings the stretches of two detail tracks that a comparison wants to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Protocol

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.detail.track import DetailTrack
from services.compare.geometry import Span
from services.servicekit.errors import SageError, reason_name

_LOOK_SECONDS = 0.2
_TOO_LARGE = reason_name(ErrorReason.ERROR_REASON_COMPARISON_TOO_LARGE)


class DetailSource(Protocol):
    """The detail track of one video, where it is kept."""

    def __call__(self, spans: Sequence[Span]) -> Future[DetailTrack]:
        """Begins to fetch what is on the screen within the spans, in seconds; called by the thread
        that computes. The future raises SageError."""
        ...


class DetailMissing(Exception):
    """Why there is no detail to compare, for people."""


def fetched(
    a: DetailSource | None,
    b: DetailSource | None,
    spans_a: Sequence[Span],
    spans_b: Sequence[Span],
    check: Callable[[], None],
) -> tuple[DetailTrack, DetailTrack]:
    """Both detail tracks.

    check: called while waiting; raises to stop. Raises DetailMissing when a video has none, or
    there is no room for them, and SageError when they cannot be fetched.
    """
    if a is None or b is None:
        whose = "A and B were" if a is b else "A was" if a is None else "B was"
        raise DetailMissing(
            f"Changes as small as a letter were not looked for: {whose} embedded before SAGE kept "
            "pictures that show them. Delete the embedding and embed the video again."
        )
    futures = [a(spans_a), b(spans_b)]
    try:
        return _awaited(futures[0], check), _awaited(futures[1], check)
    except SageError as error:
        if error.reason_name != _TOO_LARGE:
            raise
        raise DetailMissing(
            "Changes as small as a letter were not looked for: this server has not enough memory "
            "for that beside the rest of the comparison. Compare shorter videos."
        ) from error
    finally:
        for future in futures:
            future.cancel()


def _awaited(future: Future[DetailTrack], check: Callable[[], None]) -> DetailTrack:
    while True:
        try:
            return future.result(_LOOK_SECONDS)
        except TimeoutError:
            if future.done():
                raise
            check()
