"""Tasks at a vendor that lies or goes away: none is paid for twice.

The queue, the engine and the vendor's own SDK are real; the vendor is the emulator.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.engines.frame_tracks import FrameTracks
from services.embed.engines.twelvelabs import saga
from services.embed.engines.twelvelabs.connection import Connection
from services.embed.engines.twelvelabs.engine import TwelveLabsEngine
from services.embed.engines.twelvelabs.models import MARENGO_3_5
from services.embed.ports import Run
from services.embed.sessions.sessions import Session
from services.embed.tasks import task_state
from services.embed.tasks.pipeline import Pipeline
from services.embed.tasks.running import Running
from services.embed.tasks.task_state import Modality, RetryPolicy, State, Task
from services.servicekit.announcements import Announcements
from services.servicekit.names import new_id
from tests.emulators.twelvelabs import Emulator
from tests.fixtures.clips import Piece
from tests.fixtures.databases import database_of
from tests.fixtures.media import ClipLibrary
from tests.fixtures.tasks import make_task, make_video

pytestmark = pytest.mark.slow("sees whole tasks through at a vendor")

PORTAL = "<html><body>Please sign in to the network and try again.</body></html>"


class Tasks(TaskStore, TaskQueue):
    """Both sides of the queue."""


class Store:
    """Keeps one video, which the vendor cannot fetch, and no artifacts."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        return self.data[offset : offset + length]

    def public_url(self, key: str, file_name: str) -> str | None:
        return None

    async def exists(self, key: str) -> bool:
        return False

    async def put(self, key: str, data: bytes) -> None:
        """Forgets it."""

    async def remove_under(self, prefix: str, *, keep: str = "") -> None:
        """Has nothing."""


class NoFrameTracks:
    """Makes none."""

    async def make(
        self, run: Run, progressed: Callable[[float, float], Awaitable[None]]
    ) -> bytes | None:
        return None


class Bench:
    """One task, attempted as often as a test says."""

    def __init__(self, tasks: Tasks, pipeline: Pipeline, task: Task) -> None:
        self._tasks = tasks
        self._pipeline = pipeline
        self._task = task

    @property
    def task_id(self) -> str:
        return self._task.id

    async def attempt(self) -> Task:
        """The task after its next attempt."""
        claimed = None
        while claimed is None:
            claimed = await self._tasks.claim("me", [MARENGO_3_5.name], lease=60.0, max_failures=2)
            await asyncio.sleep(0.002)
        await self._pipeline.see_through(Running(claimed))
        return await self._tasks.get("w1", self._task.id)

    async def retry(self) -> None:
        await self._tasks.change(
            "w1", self._task.id, lambda task: task_state.retry(task, model=MARENGO_3_5.model)
        )

    async def cancel(self) -> None:
        await self._tasks.change("w1", self._task.id, lambda task: task_state.cancel(task, now=3))

    async def ask_again(self, content_type: str = "video/mp4") -> None:
        """Makes another task for the same work, of a file that may be called something else."""
        before = self._task
        video = replace(before.video, content_type=content_type)
        again = replace(before, id=new_id(), created_at=2, video=video)
        self._task = await self._tasks.create(again, "")
        assert self._task.id != before.id

    def back_to(self, task_id: str) -> None:
        """From now on it is about this task again."""
        self._task = replace(self._task, id=task_id)

    async def remember(self, **facts: str) -> None:
        """Overwrites what is remembered of the vendor."""
        await self._tasks.change(
            "w1",
            self._task.id,
            lambda task: replace(task, engine_state={**task.engine_state, **facts}),
        )


@pytest.fixture(scope="module")
def clip(clip_library: ClipLibrary) -> bytes:
    return clip_library.get("clip.mp4", [Piece("rabbit", 0.0, 2.0)]).read_bytes()


@pytest.fixture
def vendor() -> Iterator[Emulator]:
    with Emulator() as emulator:
        emulator.task_seconds = 0.0
        yield emulator


@pytest.fixture
def store(clip: bytes) -> Store:
    return Store(clip)


@pytest.fixture
async def bench(
    tmp_path: Path, vendor: Emulator, store: Store, clip: bytes, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Bench]:
    monkeypatch.setattr(saga, "_FIRST_POLL_SECONDS", 0.01)
    connection = Connection(vendor.url, threads=2)
    async with database_of("embed", tmp_path) as engine:
        session = Session(id="s", workspace="w1", key_hash="", created_at=1, expires_at=2)
        await SessionStore(engine).open(session)
        tasks = Tasks(engine, Announcements(engine, "tasks"))

        async def api_key(_: str) -> str:
            return vendor.key

        async def object_key(_: str, name: str) -> str:
            return name

        marengo: Any = TwelveLabsEngine(
            MARENGO_3_5,
            connection,
            api_key,
            tasks,
            store,
            cast("FrameTracks", NoFrameTracks()),
            slots=1,
        )
        pipeline = Pipeline(
            tasks,
            store,
            object_key,
            {MARENGO_3_5.name: marengo},
            policy=RetryPolicy(max_failures=2, first_wait=0.0, longest_wait=0.0),
            ceiling=60.0,
        )
        task = make_task(
            video=make_video(duration=2.0, size_bytes=len(clip), has_audio=False),
            engine=MARENGO_3_5.name,
            model=MARENGO_3_5.model,
            modalities=(Modality.VISUAL,),
        )
        yield Bench(tasks, pipeline, await tasks.create(task, ""))
    connection.close()


def reason(task: Task) -> str:
    return task.failure.reason if task.failure is not None else ""


@pytest.mark.parametrize(
    "words", ["Please try again.", "Temporarily unstable.", "failed to fetch the media"]
)
async def test_a_refusal_makes_one_vendor_task_whatever_its_words(
    bench: Bench, vendor: Emulator, words: str
) -> None:
    vendor.task_failure = words
    task = await bench.attempt()
    assert (task.state, reason(task)) == (State.FAILED, "VENDOR_REJECTED")
    assert task.failure is not None
    assert words in task.failure.message
    assert len(vendor.api.tasks) == 1


async def test_an_outage_costs_attempts_and_no_second_task(bench: Bench, vendor: Emulator) -> None:
    vendor.fail("GET", r"/embed-v2/tasks/\w+", 503, times=7)
    for attempt in range(1, 8):
        task = await bench.attempt()
        assert (task.state, task.attempt, task.failures) == (State.QUEUED, attempt, 0)
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


@pytest.mark.parametrize("page", [PORTAL, '{"portal": "sign in"}', "null"])
async def test_a_portal_is_no_refusal(bench: Bench, vendor: Emulator, page: str) -> None:
    vendor.portal = page
    for _ in range(3):
        task = await bench.attempt()
        assert (task.state, task.failures) == (State.QUEUED, 0)
    vendor.portal = None
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


@pytest.mark.parametrize("status", [200, 302, 403, 404])
async def test_a_page_in_the_place_of_an_answer_neither_refuses_nor_loses_a_task(
    bench: Bench, vendor: Emulator, status: int
) -> None:
    vendor.fail("POST", "/embed-v2/tasks", status, page=PORTAL, after=True)
    vendor.fail("GET", "/embed-v2/tasks", 200, page="{}")
    vendor.fail("GET", r"/embed-v2/tasks/\w+", status, page=PORTAL)
    for _ in range(3):
        assert (await bench.attempt()).state is State.QUEUED
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


async def test_a_retry_adopts_the_task_that_was_paid_for(bench: Bench, vendor: Emulator) -> None:
    vendor.fail("GET", r"/embed-v2/tasks/\w+", 401)
    failed = await bench.attempt()
    assert (failed.state, reason(failed)) == (State.FAILED, "API_KEY_INVALID")
    await bench.retry()
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


async def test_another_task_for_the_same_work_adopts_what_was_paid_for(
    bench: Bench, vendor: Emulator
) -> None:
    vendor.fail("GET", r"/embed-v2/tasks/\w+", 401)
    assert (await bench.attempt()).state is State.FAILED
    await bench.ask_again()
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


async def test_another_task_for_the_same_work_finds_the_task_whose_answer_was_lost(
    bench: Bench, vendor: Emulator
) -> None:
    vendor.fail("POST", "/embed-v2/tasks", 503, after=True)
    assert (await bench.attempt()).state is State.QUEUED
    for content_type in ("video/quicktime", "video/webm"):
        await bench.cancel()
        await bench.ask_again(content_type)
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


async def test_another_task_for_the_same_work_finds_the_video_whose_answer_was_lost(
    bench: Bench, vendor: Emulator
) -> None:
    vendor.fail("POST", "/assets", 503, after=True)
    assert (await bench.attempt()).state is State.QUEUED
    await bench.cancel()
    await bench.ask_again("video/quicktime")
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert vendor.calls["POST /assets"] == 1


async def test_an_older_task_that_is_retried_finds_what_a_later_one_asked_for(
    bench: Bench, vendor: Emulator
) -> None:
    first = bench.task_id
    await bench.cancel()
    await bench.ask_again()
    vendor.fail("POST", "/embed-v2/tasks", 503, after=True)
    assert (await bench.attempt()).state is State.QUEUED
    await bench.cancel()
    bench.back_to(first)
    await bench.retry()
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


async def test_a_retry_after_the_vendor_s_failure_asks_anew(bench: Bench, vendor: Emulator) -> None:
    vendor.task_failure = "We could not process your media."
    assert (await bench.attempt()).state is State.FAILED
    vendor.task_failure = None
    await bench.retry()
    # The video that was sent is gone with the failure, and is sent again.
    assert (await bench.attempt()).state is State.QUEUED
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 2


async def test_a_task_that_the_vendor_does_not_know_yet_is_not_made_again(
    bench: Bench, vendor: Emulator
) -> None:
    vendor.fail("GET", r"/embed-v2/tasks/\w+", 404, times=2)
    for _ in range(2):
        assert (await bench.attempt()).state is State.QUEUED
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == 1


async def test_a_vendor_that_forgets_every_task_is_asked_twice_and_no_more(
    bench: Bench, vendor: Emulator
) -> None:
    made = 0
    task = None
    vendor.fail("GET", r"/embed-v2/tasks/\w+", 404, times=1000)
    while task is None or not task.is_final:
        task = await bench.attempt()
        if not task.is_final and "task_id" in task.engine_state:
            await bench.remember(asked_at="1")
        made += 1
        assert made < 10
    assert reason(task) == "VENDOR_REJECTED"
    assert len(vendor.api.tasks) == 2


@pytest.mark.parametrize("asset_seconds", [0.0, 0.3], ids=["failed", "still looked at"])
async def test_what_arrived_of_an_upload_that_was_cut_off_is_not_taken_for_the_video(
    bench: Bench, vendor: Emulator, clip: bytes, asset_seconds: float
) -> None:
    vendor.asset_seconds = asset_seconds
    vendor.api.create_asset(f"sage-{bench.task_id}.mp4", clip[: len(clip) // 2])
    await bench.remember(sending="1")
    assert (await bench.attempt()).state is State.SUCCEEDED
    assert len(vendor.api.tasks) == vendor.calls["POST /assets"] == 1


async def test_a_video_that_the_vendor_refuses_is_sent_once(
    bench: Bench, vendor: Emulator, store: Store
) -> None:
    store.data = store.data[: len(store.data) // 2].ljust(len(store.data), b"\0")
    task = await bench.attempt()
    assert (task.state, reason(task)) == (State.FAILED, "VENDOR_REJECTED")
    assert vendor.calls["POST /assets"] == 1
