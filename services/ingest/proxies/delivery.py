"""A file that arrives in pieces, as a multipart upload; at most two parts are in memory.

The muxer goes back to the beginning of its file when it is done (see media/proxy/output.py), so the
first part is kept here until the end, and stored last.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

PART_BYTES = 8 << 20

StorePart = Callable[[int, bytes], Awaitable[None]]
"""Stores a part durably; parts count from 1."""


class Misplaced(Exception):
    """A piece that no muxer would write."""


class Delivery:
    """most_bytes: how long the file may get; a process that was taken over could write for ever."""

    def __init__(self, store: StorePart, *, most_bytes: int, part_bytes: int = PART_BYTES) -> None:
        self._store = store
        self._most_bytes = most_bytes
        self._part_bytes = part_bytes
        self._first = bytearray()
        self._part = bytearray()
        self._parts = 1
        self.length = 0

    async def take(self, at: int, piece: bytes) -> None:
        """at: where in the file the piece belongs. Raises Misplaced, and what `store` raises."""
        if at != self.length:
            if not 0 <= at <= at + len(piece) <= len(self._first):
                raise Misplaced(f"{len(piece)} bytes at {at} of a file of {self.length} bytes")
            self._first[at : at + len(piece)] = piece
            return
        self.length += len(piece)
        if self.length > self._most_bytes:
            raise Misplaced(f"more than {self._most_bytes} bytes for so short a video")
        room = self._part_bytes - len(self._first)
        self._first += piece[:room]
        self._part += piece[room:]
        while len(self._part) >= self._part_bytes:
            part = bytes(self._part[: self._part_bytes])
            del self._part[: self._part_bytes]
            await self._put(part)

    async def finish(self) -> None:
        """Stores what is left, the beginning last."""
        if self._part:
            await self._put(bytes(self._part))
        await self._store(1, bytes(self._first))

    async def _put(self, part: bytes) -> None:
        self._parts += 1
        await self._store(self._parts, part)
