"""Watching rows: the present state first, then every change, for any number of watchers.

One feed per workspace reads what changed, once for all of its watchers, and puts the newest state
of each row into every watcher's hands. A watcher that reads slowly finds the newest state of each
row when it comes back, so nobody waits for it and it costs at most one entry per row.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import structlog

log = structlog.get_logger()

_RETRY_SECONDS = 1.0
# Far below what a person notices.
_GATHER_SECONDS = 0.02
_LOOK_SECONDS = 3.0


class Watchable(Protocol):
    """A row of a workspace.

    revision: of its last change; the workspace's revisions become visible in their order.
    """

    @property
    def id(self) -> str:
        """The same for all states of the row; a newer state replaces the older one by it."""
        ...

    @property
    def name(self) -> str:
        """The resource name, which watchers name rows by."""
        ...

    @property
    def revision(self) -> int:
        """Of the row's last change; higher than that of every change before it."""
        ...


Row = TypeVar("Row", bound=Watchable)
Row_co = TypeVar("Row_co", bound=Watchable, covariant=True)


class Changes(Protocol[Row_co]):
    """Where a feed reads from."""

    async def changes(self, workspace: str, after: int) -> Sequence[Row_co]:
        """Rows that changed after a revision, in the order of their last changes."""
        ...

    async def revision(self, workspace: str) -> int:
        """Of the workspace's last change that can be seen; 0 before the first."""
        ...


@dataclass(frozen=True, kw_only=True)
class Update(Generic[Row]):
    """One step of a watch. rows: empty when nothing happened for a while."""

    rows: list[Row]
    revision: int
    caught_up: bool = False


class Watcher(Generic[Row]):
    """One client's view: the newest state of each row that it has not been told yet."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._pending: dict[str, Row] = {}
        self._revision = 0
        self._woken = asyncio.Event()

    def wants(self, row: Row) -> bool:
        """Whether the watch is about the row; without names it is about all of them."""
        return not self._names or row.name in self._names

    def offer(self, rows: Collection[Row], revision: int) -> None:
        """Never waits: an older state that was not fetched yet is replaced."""
        for row in rows:
            if self.wants(row):
                self._pending[row.id] = row
        self._revision = max(self._revision, revision)
        if self._pending:
            self._woken.set()

    async def take(self, silence: float) -> tuple[list[Row], int]:
        """What is new, oldest change first; nothing after `silence` seconds without news."""
        try:
            async with asyncio.timeout(silence):
                await self._woken.wait()
        except TimeoutError:
            return [], self._revision
        self._woken.clear()
        pending, self._pending = self._pending, {}
        return sorted(pending.values(), key=lambda row: row.revision), self._revision


class Hub(Generic[Row]):
    """The feeds of all workspaces that somebody watches."""

    def __init__(self, changes: Changes[Row], *, look_seconds: float = _LOOK_SECONDS) -> None:
        """look_seconds: how long a feed waits for an announcement before it reads without one."""
        self._changes = changes
        self._look_seconds = look_seconds
        self._feeds: dict[str, _Feed[Row]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Waits for feeds that are reading. To be called when nobody watches any more."""
        await asyncio.gather(*self._ending, *(feed.stop() for feed in self._feeds.values()))

    @property
    def watchers(self) -> int:
        """How many watch at the moment. Any thread may ask."""
        return sum(len(feed.watchers) for feed in list(self._feeds.values()))

    def announced(self, workspace: str | None, _: str | None = None) -> None:
        """Something changed in a workspace; None for "perhaps everywhere"."""
        feeds = self._feeds.values() if workspace is None else [self._feeds.get(workspace)]
        for feed in feeds:
            if feed is not None:
                feed.wake()

    async def watch(
        self, workspace: str, names: Collection[str], *, after: int, silence: float
    ) -> AsyncGenerator[Update[Row], None]:
        """Steps of a watch, without an end. `after`: what the client has seen already."""
        watcher = Watcher[Row](names)
        with self._watching(workspace, watcher) as feed:
            # Read after the feed has begun: what changes in between comes twice, never not at all.
            await feed.begun.wait()
            revision = await self._changes.revision(workspace)
            # A revision of another database's life (a restored backup) says nothing.
            rows = await self._changes.changes(workspace, after if after <= revision else 0)
            present = [row for row in rows if watcher.wants(row)]
            seen = max([revision, *(row.revision for row in rows)])
            yield Update(rows=present, revision=seen, caught_up=True)
            while True:
                rows, revision = await watcher.take(silence)
                news = [row for row in rows if row.revision > seen]
                seen = max(seen, revision)
                if news or not rows:
                    yield Update(rows=news, revision=seen)

    @contextmanager
    def _watching(self, workspace: str, watcher: Watcher[Row]) -> Iterator[_Feed[Row]]:
        feed = self._feeds.get(workspace)
        if feed is None:
            feed = self._feeds[workspace] = _Feed(workspace, self._changes, self._look_seconds)
        feed.watchers.add(watcher)
        try:
            yield feed
        finally:
            feed.watchers.discard(watcher)
            if not feed.watchers:
                ending = feed.stop()
                self._ending.add(ending)
                ending.add_done_callback(self._ending.discard)
                if self._feeds.get(workspace) is feed:
                    del self._feeds[workspace]


class _Feed(Generic[Row]):
    """Reads the changes of one workspace while somebody watches it."""

    def __init__(self, workspace: str, changes: Changes[Row], look_seconds: float) -> None:
        self.watchers: set[Watcher[Row]] = set()
        # Set once every further change will be passed on.
        self.begun = asyncio.Event()
        self._workspace = workspace
        self._changes = changes
        self._look_seconds = look_seconds
        self._woken = asyncio.Event()
        self._revision = 0
        self._stopping = False
        # It outlives the call that it begins in.
        self._running = asyncio.create_task(
            self._run(), name=f"feed-{workspace}", context=Context()
        )

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> asyncio.Task[None]:
        """Ends after what is being read, not in the middle of it; await the answer for that."""
        self._stopping = True
        self._woken.set()
        return self._running

    async def _run(self) -> None:
        while not self._stopping:
            try:
                await self._pass_on()
                # What happens all at once is read and told all at once.
                await asyncio.sleep(_GATHER_SECONDS)
                if not self._stopping:
                    await self._announced()
            except Exception as error:  # the database is away: what changed is still there later
                log.warning("watch_interrupted", workspace=self._workspace, error=repr(error))
                await asyncio.sleep(_RETRY_SECONDS)

    async def _announced(self) -> None:
        try:
            async with asyncio.timeout(self._look_seconds):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _pass_on(self) -> None:
        self._woken.clear()
        if not self.begun.is_set():
            # Watchers read the present state themselves; only what follows passes through here.
            self._revision = await self._changes.revision(self._workspace)
            self.begun.set()
        rows = await self._changes.changes(self._workspace, self._revision)
        if rows:
            self._revision = rows[-1].revision
        for watcher in self.watchers:
            watcher.offer(rows, self._revision)
