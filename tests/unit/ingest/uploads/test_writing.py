from __future__ import annotations

import asyncio
from dataclasses import replace

from services.ingest.uploads.writing import PartWriter
from tests.unit.ingest.fake_store import FakeStore
from tests.unit.ingest.fakes import FakeClock
from tests.unit.ingest.uploads.test_upload import make_upload


class SlowStore(FakeStore):
    """Writes parts only when it is told to."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.writing: list[int] = []
        self.proceed = asyncio.Event()

    async def put_part(
        self, key: str, store_upload: str, number: int, data: bytes | bytearray
    ) -> str:
        self.writing.append(number)
        await self.proceed.wait()
        self.writing.remove(number)
        return await super().put_part(key, store_upload, number, data)


async def test_one_part_has_one_writer_and_the_last_one_wins() -> None:
    store = SlowStore()
    key = "workspaces/w/videos/v/original"
    upload = replace(make_upload(), store_upload=await store.open_upload(key, ""))
    writer = PartWriter(store)
    tasks = [
        writer.begin(upload, 1, b"a" * 30),
        writer.begin(upload, 1, b"b" * 30),
        writer.begin(upload, 2, b"c" * 30),
    ]
    while len(store.writing) < 2:
        await asyncio.sleep(0)
    assert sorted(store.writing) == [1, 2]
    store.proceed.set()
    await asyncio.gather(*tasks)
    assert store.open[key, upload.store_upload or ""] == {1: b"b" * 30, 2: b"c" * 30}


async def test_what_is_durable_is_only_told_once_nothing_is_under_way() -> None:
    store = SlowStore()
    key = "workspaces/w/videos/v/original"
    upload = replace(make_upload(), store_upload=await store.open_upload(key, ""))
    writer = PartWriter(store)
    writer.begin(upload, 1, b"a" * 30)
    asking = asyncio.create_task(asyncio.wait_for(writer.durable(upload), 60))
    while not store.writing:
        await asyncio.sleep(0)
    assert not asking.done()
    store.proceed.set()
    assert set(await asking) == {1}
