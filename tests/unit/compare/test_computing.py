from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from services.compare.computing import Abandoned, Check, Computing
from services.servicekit.errors import SageError


@pytest.fixture
def computing() -> Iterator[Computing]:
    it = Computing(workers=1, queue=1)
    yield it
    it.close()


async def test_work_runs_beside_the_event_loop(computing: Computing) -> None:
    loop_thread = threading.get_ident()
    assert await computing.run(lambda _: threading.get_ident()) != loop_thread


async def test_a_cancelled_call_stops_its_work(computing: Computing) -> None:
    started, stopped = threading.Event(), threading.Event()

    def work(check: Check) -> None:
        started.set()
        try:
            while True:
                check()
        except Abandoned:
            stopped.set()
            raise

    call = asyncio.create_task(computing.run(work))
    await asyncio.to_thread(started.wait, 10)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await asyncio.to_thread(stopped.wait, 10)
    # The worker is free again.
    assert await computing.run(lambda _: "next") == "next"


async def test_more_than_the_queue_takes_is_refused(computing: Computing) -> None:
    leave = threading.Event()
    waiting = [asyncio.create_task(computing.run(lambda _: leave.wait(10))) for _ in range(2)]
    await asyncio.sleep(0)  # lets both calls enter
    with pytest.raises(SageError) as caught:
        await computing.run(lambda _: None)
    assert caught.value.reason_name == "OVERLOADED"
    assert caught.value.retry_after
    leave.set()
    assert await asyncio.gather(*waiting) == [True, True]


async def test_work_that_fails_raises_in_its_call(computing: Computing) -> None:
    def work(_: Check) -> None:
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        await computing.run(work)
