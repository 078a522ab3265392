"""What the vendor answers is told to whoever counts, with what it has left for the key."""

from __future__ import annotations

import pytest

from services.embed.engines.twelvelabs.connection import Connection
from services.embed.engines.twelvelabs.models import VENDOR
from services.embed.ports import RateLimited
from tests.emulators.twelvelabs import Emulator


async def test_answers_are_told_and_what_is_left() -> None:
    answers: list[tuple[str, int]] = []
    left: list[tuple[str, float]] = []

    def answered(server: str, method: str, status: int, seconds: float) -> None:
        assert server == "127.0.0.1"
        assert seconds > 0
        answers.append((method, status))

    with Emulator() as emulator:
        emulator.limit = 1
        connection = Connection(emulator.url, threads=1)
        connection.watched_by(answered, lambda vendor, requests: left.append((vendor, requests)))
        vendor = await connection.open(emulator.key)
        await connection.call(vendor.check_key)
        with pytest.raises(RateLimited):
            await connection.call(vendor.check_key)
        connection.close()

    assert answers[0] == ("GET", 200)
    assert answers[1] == ("GET", 429)
    assert left
    assert set(left) == {(VENDOR, 0.0)}
