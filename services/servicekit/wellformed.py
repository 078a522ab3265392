"""Timestamps and durations that are none: protocol buffers carry any numbers in them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from google.protobuf.descriptor import Descriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from services.servicekit.errors import FieldViolation

_NANOS = 10**9
# The years 1 to 9999, and ten thousand years.
_FIRST_SECOND, _LAST_SECOND = -62_135_596_800, 253_402_300_799
_MOST_SECONDS = 315_576_000_000


def malformed_times(message: Message, within: str = "") -> Iterator[FieldViolation]:
    """What of a message, at any depth, is no time or no length of time. within: its own path."""
    if not _has_times(message.DESCRIPTOR):
        return
    for field, value in message.ListFields():
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        path = f"{within}{field.name}"
        for each in value if field.is_repeated else [value]:
            if isinstance(each, Timestamp | Duration):
                if not _is_wellformed(each):
                    kind = "time" if isinstance(each, Timestamp) else "duration"
                    yield FieldViolation(field=path, description=f"this is no {kind}")
            else:
                yield from malformed_times(each, f"{path}.")


def _is_wellformed(time: Timestamp | Duration) -> bool:
    if isinstance(time, Timestamp):
        return _FIRST_SECOND <= time.seconds <= _LAST_SECOND and 0 <= time.nanos < _NANOS
    # Both parts have the same sign.
    fits = abs(time.seconds) <= _MOST_SECONDS and abs(time.nanos) < _NANOS
    return fits and time.seconds * time.nanos >= 0


@cache
def _has_times(message: Descriptor) -> bool:
    """Whether a message of this type may hold a time, at any depth."""
    seen = {message.full_name}
    waiting = [message]
    while waiting:
        for field in waiting.pop().fields:
            inner = field.message_type
            if inner is None or inner.full_name in seen:
                continue
            if inner in (Timestamp.DESCRIPTOR, Duration.DESCRIPTOR):
                return True
            seen.add(inner.full_name)
            waiting.append(inner)
    return False
