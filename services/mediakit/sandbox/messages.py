"""Messages between a service and a confined process, over the process's input and output.

    length of the head u32, length of the body u64 | head: JSON | body

Nothing in a message is ever run: a process that a hostile file has taken over can lie, no more.
"""

from __future__ import annotations

import asyncio
import json
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO

_LENGTHS = struct.Struct("<IQ")
_MOST_HEAD_BYTES = 1 << 16
MOST_BODY_BYTES = 64 << 20


@dataclass(frozen=True)
class Message:
    """One message. kind: what it says; values: what JSON can carry; body: any bytes."""

    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    body: bytes = b""


class Garbled(Exception):
    """What came is no message."""


def packed(message: Message) -> bytes:
    """A message as it is sent."""
    head = json.dumps([message.kind, message.values]).encode()
    return b"".join([_LENGTHS.pack(len(head), len(message.body)), head, message.body])


def read(stream: BinaryIO) -> Message:
    """The next message. Raises EOFError when the other side has gone."""
    head, body = _lengths(_exactly(stream, _LENGTHS.size))
    return _unpacked(_exactly(stream, head), _exactly(stream, body))


async def receive(stream: asyncio.StreamReader) -> Message:
    """The next message. Raises Garbled, and asyncio.IncompleteReadError when the other side has
    gone."""
    head, body = _lengths(await stream.readexactly(_LENGTHS.size))
    return _unpacked(await stream.readexactly(head), await stream.readexactly(body))


def _lengths(data: bytes) -> tuple[int, int]:
    head, body = _LENGTHS.unpack(data)
    if head > _MOST_HEAD_BYTES or body > MOST_BODY_BYTES:
        raise Garbled(f"a message announces {head} and {body} bytes")
    return head, body


def _unpacked(head: bytes, body: bytes) -> Message:
    try:
        kind, values = json.loads(head)
    except ValueError as error:
        raise Garbled("the head of a message is no JSON of the right form") from error
    if not isinstance(kind, str) or not isinstance(values, dict):
        raise Garbled("the head of a message has the wrong form")
    return Message(kind, values, body)


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError("the other side has gone")
    return data
