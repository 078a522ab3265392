"""Loads what is compared and works on it, within the memory and the time there is."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from sage.embed.v1.embed_pb2 import Embedding
from services.compare.api import convert
from services.compare.computing import Check, Computing
from services.compare.memory import Charge, MemoryBudget, Reservation
from services.compare.segments.distance import InvalidTrack

Loaded = TypeVar("Loaded")
Result = TypeVar("Result")


class PairWork:
    """memory: what all comparisons under way may take. seconds: how long each of them may take."""

    def __init__(self, computing: Computing, memory: MemoryBudget, seconds: float) -> None:
        self._computing = computing
        self._memory = memory
        self._seconds = seconds

    async def of(
        self,
        pair: tuple[Embedding, Embedding],
        load: Callable[[Embedding, Charge], Coroutine[Any, Any, Loaded]],
        work: Callable[[Loaded, Loaded, Check], Result],
        *,
        with_frames: bool,
        coming: int = 0,
    ) -> Result:
        """What `work` makes of the loaded pair, within the memory and the time there is.

        coming: bytes that are likely to be loaded while it works.
        Raises SageError: COMPARISON_TOO_LARGE, OVERLOADED, and what loading and working raise.
        Raises TimeoutError when it takes too long.
        """
        try:
            async with asyncio.timeout(self._seconds):
                known = sum(convert.vector_bytes(each) for each in pair)
                more = sum(convert.further_bytes(each, with_frames=with_frames) for each in pair)
                room = await self._memory.reserve(known=known, expected=known + more + coming)
                return await self._within(room, pair, load, work, coming)
        except BaseException as error:
            # Whoever keeps the error, be it in a cycle of references, keeps no tracks with it.
            _clear_frames(error)
            raise

    async def _within(
        self,
        room: Reservation,
        pair: tuple[Embedding, Embedding],
        load: Callable[[Embedding, Charge], Coroutine[Any, Any, Loaded]],
        work: Callable[[Loaded, Loaded, Check], Result],
        coming: int,
    ) -> Result:
        # A list, because frames of failed calls keep functions, and functions what they enclose.
        loaded: list[Loaded] = []

        def work_on_loaded(check: Check) -> Result:
            a, b = loaded
            return work(a, b, check)

        def let_go() -> None:
            loaded.clear()
            room.release()

        at_work = False
        try:
            loaded += await both(load(pair[0], room.charge), load(pair[1], room.charge))
            room.settle(coming)
            at_work = True
            return await self._computing.run(work_on_loaded, on_end=let_go)
        except InvalidTrack as error:
            raise convert.refusal(error) from error
        finally:
            if not at_work:
                let_go()


async def both(
    first: Coroutine[Any, Any, Loaded], second: Coroutine[Any, Any, Loaded]
) -> tuple[Loaded, Loaded]:
    """Both results; when one fails, the other is not waited for and goes on no longer."""
    tasks = (
        asyncio.create_task(first, name="loads-a"),
        asyncio.create_task(second, name="loads-b"),
    )
    try:
        a, b = await asyncio.gather(*tasks)
        return a, b
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _clear_frames(error: BaseException | None) -> None:
    """Drops the local variables of all the calls that an error and its causes ended."""
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__cause__ or error.__context__
