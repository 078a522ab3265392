"""A cache with a limit in bytes, for what is costly to fetch or to compute again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BoundedCache(Generic[Key, Value]):
    """Keeps what was used last, as long as all of it together is within `limit_bytes`."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._entries: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._bytes = 0
        self._hits = self._misses = 0

    @property
    def size_bytes(self) -> int:
        """Of all that is in it, as its values were measured when they came."""
        return self._bytes

    @property
    def hits(self) -> int:
        """How often something was found."""
        return self._hits

    @property
    def misses(self) -> int:
        """How often nothing was found."""
        return self._misses

    def get(self, key: Key) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            self._misses += 1
            return None
        self._hits += 1
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Key, value: Value, size_bytes: int) -> None:
        """Keeps the value; one that is larger than the whole cache is not kept."""
        self._discard(key)
        if size_bytes > self._limit:
            return
        self._entries[key] = (value, size_bytes)
        self._bytes += size_bytes
        while self._bytes > self._limit:
            self._discard(next(iter(self._entries)))

    def _discard(self, key: Key) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry[1]
