from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.proxies.delivery import Delivery, Misplaced

PART = 16


class Store:
    """Takes parts, and keeps the order in which they came."""

    def __init__(self) -> None:
        self.parts: dict[int, bytes] = {}

    async def put(self, number: int, data: bytes) -> None:
        assert number not in self.parts
        self.parts[number] = data

    @property
    def joined(self) -> bytes:
        return b"".join(self.parts[number] for number in sorted(self.parts))


def delivery(store: Store, most_bytes: int = 1000) -> Delivery:
    return Delivery(store.put, most_bytes=most_bytes, part_bytes=PART)


@given(pieces=st.lists(st.binary(max_size=40), max_size=20), patch=st.binary(max_size=PART))
def test_the_parts_joined_are_the_file(pieces: list[bytes], patch: bytes) -> None:
    """And the last piece, written over the beginning, is where it belongs."""
    store, whole = Store(), b"".join(pieces)
    patch = patch[: len(whole)]

    async def deliver() -> None:
        taking = delivery(store)
        for piece in pieces:
            await taking.take(taking.length, piece)
        if taking.length:
            await taking.take(0, patch)
        await taking.finish()

    asyncio.run(deliver())
    assert store.joined == patch + whole[len(patch) :]
    # A store refuses small parts, apart from the last.
    assert all(len(store.parts[number]) == PART for number in range(1, len(store.parts)))


async def test_the_first_part_comes_last() -> None:
    store = Store()
    taking = delivery(store)
    await taking.take(0, bytes(40))
    await taking.finish()
    assert list(store.parts) == [2, 3, 1]


@pytest.mark.parametrize(("at", "length"), [(PART - 1, 2), (40, 1), (-1, 1)])
async def test_what_lies_behind_the_first_part_is_not_written_over(at: int, length: int) -> None:
    taking = delivery(Store())
    await taking.take(0, bytes(39))
    with pytest.raises(Misplaced):
        await taking.take(at, bytes(length))


async def test_a_process_that_writes_without_end_is_stopped() -> None:
    taking = delivery(Store(), most_bytes=50)
    await taking.take(0, bytes(50))
    with pytest.raises(Misplaced):
        await taking.take(50, b"1")
