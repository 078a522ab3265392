"""Work that its caller's cancellation does not cut off."""

from __future__ import annotations

import asyncio

import pytest

from services.servicekit.uninterrupted import uninterrupted


class Work:
    """Says when it has begun, and ends when it may."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.done = False
        self._error = error

    async def __call__(self) -> str:
        self.begun.set()
        await self.may_end.wait()
        self.done = True
        if self._error is not None:
            raise self._error
        return "answer"


async def test_it_answers_as_the_work_does() -> None:
    work = Work()
    work.may_end.set()
    assert await uninterrupted(work()) == "answer"
    failing = Work(ValueError("no"))
    failing.may_end.set()
    with pytest.raises(ValueError, match="no"):
        await uninterrupted(failing())


@pytest.mark.parametrize("error", [None, ValueError("nobody hears of it")])
async def test_a_cancellation_waits_for_the_end_of_the_work(error: Exception | None) -> None:
    work = Work(error)
    calling = asyncio.create_task(uninterrupted(work()))
    await work.begun.wait()
    for _ in range(2):
        calling.cancel()
        await asyncio.sleep(0)
        assert not calling.done()
    work.may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert work.done
