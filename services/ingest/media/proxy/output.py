"""A file that is sent away while it is written, in pieces with their places.

A muxer writes on and on, and at its end goes back to fill in what it had left open: the length, and
where the index is. Whoever puts the pieces together needs to keep the file's beginning until then.
"""

from __future__ import annotations

import io
from collections.abc import Callable

GivePiece = Callable[[int, bytes], None]
"""Takes bytes, and where in the file they belong: behind all that came before, or over it."""

_PIECE_BYTES = 256 << 10


class PieceWriter:
    """What a muxer takes for a file."""

    def __init__(self, give: GivePiece) -> None:
        self._give = give
        self._position = 0
        self._end = 0
        self._piece = bytearray()

    def write(self, data: bytes) -> int:
        """All of the data, at the position; what is written in order leaves in large pieces."""
        if self._position != self._end:
            self._flush()
            self._give(self._position, bytes(data))
        else:
            self._piece += data
            if len(self._piece) >= _PIECE_BYTES:
                self._flush(until=len(data))
        self._position += len(data)
        self._end = max(self._end, self._position)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The new position. Raises ValueError outside of what is written: there are no holes."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._end}[whence]
        if not 0 <= base + offset <= self._end:
            raise ValueError(f"seek to {base + offset} in a file of {self._end} bytes")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Bytes from the start of the file."""
        return self._position

    def close(self) -> None:
        """Gives what is left."""
        self._flush()

    def _flush(self, *, until: int = 0) -> None:
        """until: bytes in the piece that `_end` does not count yet."""
        if self._piece:
            start = self._end + until - len(self._piece)
            piece, self._piece = bytes(self._piece), bytearray()
            self._give(start, piece)
