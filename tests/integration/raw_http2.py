"""Just enough HTTP/2 to send what no library would: any header, any trailer, any frame."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, _HEADERS, _RESET, _SETTINGS, _GOAWAY = 0, 1, 3, 4, 7
_END_STREAM, _END_HEADERS = 1, 4

Headers = Sequence[tuple[bytes, bytes]]


class RawHttp2:
    """One connection. Streams are numbered as HTTP/2 does: 1, 3, 5."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        writer.write(_PREFACE + _frame(_SETTINGS, 0, 0, b""))

    @classmethod
    async def connect(cls, address: str) -> RawHttp2:
        host, _, port = address.rpartition(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    def send(self, stream: int, headers: Headers, data: bytes, trailers: Headers = ()) -> None:
        """A whole request."""
        last = 0 if trailers else _END_STREAM
        self._writer.write(
            _frame(_HEADERS, _END_HEADERS, stream, _literals(headers))
            + _frame(_DATA, last, stream, data)
        )
        if trailers:
            flags = _END_HEADERS | _END_STREAM
            self._writer.write(_frame(_HEADERS, flags, stream, _literals(trailers)))

    async def ended(self, streams: set[int]) -> None:
        """Returns when the other side has ended all `streams`, or the connection."""
        left = set(streams)
        while left:
            try:
                head = await self._reader.readexactly(9)
                await self._reader.readexactly(int.from_bytes(head[:3], "big"))
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            kind, flags, stream = struct.unpack(">BBI", head[3:])
            if kind == _GOAWAY:
                return
            if kind == _RESET or (kind in (_DATA, _HEADERS) and flags & _END_STREAM):
                left.discard(stream)

    def close(self) -> None:
        self._writer.close()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + struct.pack(">BBI", kind, flags, stream) + payload


def _literals(headers: Headers) -> bytes:
    """HPACK without its table and without Huffman's code."""
    return b"".join(b"\0" + _text(name) + _text(value) for name, value in headers)


def _text(text: bytes) -> bytes:
    size, length = len(text), bytearray()
    if size < 127:
        length.append(size)
    else:
        length.append(127)
        size -= 127
        while size > 127:
            length.append(size % 128 + 128)
            size //= 128
        length.append(size)
    return bytes(length) + text
