"""A read-only, seekable file over range reads.

PyAV reads from it as from a local file, while at most a few blocks of the object are in memory
and none of it is on disk. Blocks are cached (a badly interleaved file makes the demuxer jump
between two places), and the blocks after a sequential read are fetched in the background, so that
decoding doesn't wait for the network.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

FetchRange = Callable[[int, int], bytes]

BLOCK_BYTES = 1 << 20
CACHED_BLOCKS = 16
READ_AHEAD_BLOCKS = 4


class RangeReader(io.RawIOBase):
    """A binary file of `size` bytes whose content comes from `fetch(offset, length)`.

    fetch is called from two threads (never for more than `read_ahead` blocks at once), returns
    exactly `length` bytes, and raises on failure; its exceptions pass through read() unchanged.
    A short answer raises OSError. Close the reader to release its thread.
    """

    def __init__(
        self,
        size: int,
        fetch: FetchRange,
        *,
        block_bytes: int = BLOCK_BYTES,
        cached_blocks: int = CACHED_BLOCKS,
        read_ahead: int = READ_AHEAD_BLOCKS,
    ) -> None:
        super().__init__()
        self._size = size
        self._fetch = fetch
        self._block_bytes = block_bytes
        self._read_ahead = read_ahead
        # Room for what is being read and what is being fetched ahead of it.
        self._capacity = max(cached_blocks, 2 * read_ahead + 1)
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._position = 0
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="range-reader")
        self._pending: tuple[range, Future[bytes]] | None = None

    @property
    def size(self) -> int:
        """In bytes, as it was told; nothing is asked of the store."""
        return self._size

    def readable(self) -> bool:
        """Always true, as `io.BufferedReader` and the demuxer ask first."""
        return True

    def seekable(self) -> bool:
        """Always true: a seek costs nothing before the next read."""
        return True

    def tell(self) -> int:
        """Bytes from the start of the file."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """The new position; behind the end, nothing is read. Raises ValueError before the start."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"seek to {base + offset}, before the start of the file")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """`size` bytes however many ranges that takes, or what is left; for None or -1 all of that.

        Raises OSError when a range comes short, and what `fetch` raises.
        """
        rest = max(self._size - self._position, 0)
        wanted = rest if size is None or size < 0 else min(size, rest)
        parts: list[bytes] = []
        while wanted > 0:
            index, within = divmod(self._position, self._block_bytes)
            part = self._block(index)[within : within + wanted]
            parts.append(part)
            self._position += len(part)
            wanted -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer: object, /) -> int:
        """How many bytes of the buffer are filled; 0 at the end of the file. Raises like `read`."""
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Forgets what was read, and waits for no range that is under way. May be called again."""
        if not self.closed:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._blocks.clear()
            self._pending = None
        super().close()

    def __enter__(self) -> Self:
        return self

    def _block(self, index: int) -> bytes:
        sequential = index - 1 in self._blocks
        if index not in self._blocks:
            self._collect(index)
        if index not in self._blocks:
            count = self._read_ahead if sequential else 1
            run = self._run_from(index, count)
            self._store(run, self._fetch_run(run))
        block = self._blocks[index]
        self._blocks.move_to_end(index)
        if sequential:
            self._look_ahead(index)
        return block

    def _look_ahead(self, index: int) -> None:
        """Start fetching the blocks after `index` unless something is being fetched already."""
        if self._pending is not None and self._pending[1].done():
            self._collect(self._pending[0].start)
        ahead = index + 1
        while ahead in self._blocks:
            ahead += 1
        if self._pending is None and ahead - index <= self._read_ahead:
            run = self._run_from(ahead, self._read_ahead)
            if run:
                self._pending = (run, self._executor.submit(self._fetch_run, run))

    def _collect(self, index: int) -> None:
        """Take over the background fetch if it covers `index`; a failed one is forgotten."""
        if self._pending is None or index not in self._pending[0]:
            return
        run, future = self._pending
        self._pending = None
        error = future.exception()
        if error is None:
            self._store(run, future.result())

    def _run_from(self, index: int, count: int) -> range:
        """Up to `count` missing blocks in a row, from `index`."""
        last = -(-self._size // self._block_bytes)
        end = index
        while end < min(index + count, last) and end not in self._blocks:
            end += 1
        return range(index, end)

    def _fetch_run(self, run: range) -> bytes:
        offset = run.start * self._block_bytes
        length = min(run.stop * self._block_bytes, self._size) - offset
        data = self._fetch(offset, length)
        if len(data) != length:
            raise OSError(f"asked for {length} bytes at {offset}, received {len(data)}")
        return data

    def _store(self, run: range, data: bytes) -> None:
        for number, index in enumerate(run):
            at = number * self._block_bytes
            self._blocks[index] = data[at : at + self._block_bytes]
        while len(self._blocks) > self._capacity:
            self._blocks.popitem(last=False)
