"""Lengths of time as the contract carries them."""

from __future__ import annotations

from google.protobuf.duration_pb2 import Duration


def duration(seconds: float) -> Duration:
    """To the nearest microsecond, which is as fine as any time that SAGE stores."""
    message = Duration()
    message.FromMicroseconds(round(seconds * 1_000_000))
    return message


def seconds(message: Duration) -> float:
    """Finer parts than microseconds are dropped."""
    return message.ToMicroseconds() / 1_000_000
