"""Embedding in processes of their own: results, errors, cancellation and crashes."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import psutil
import pytest

from services.embed.engines.local import worker
from services.embed.engines.local.parts import AUDIO, VISUAL
from services.embed.engines.local.source import S3Source
from services.embed.engines.local.worker import LocalWorkers
from services.embed.ports import StoredTracks
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox.conversation import SourceUnavailable
from services.mediakit.sandbox.process import ProcessDied
from tests.unit.embed.engines.local.embedding import embed

pytestmark = pytest.mark.slow("each test starts processes that load the network")


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@dataclass(frozen=True)
class LocalFile:
    """A file of this machine."""

    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def fetch(self, offset: int, length: int) -> bytes:
        with self.path.open("rb") as file:
            file.seek(offset)
            return file.read(length)


@dataclass(frozen=True)
class DeadlySource:
    """Ends the process that reads it, as the system does with one that takes too much memory."""

    size = 1000

    def fetch(self, offset: int, length: int) -> bytes:
        for process in children():
            os.kill(process, signal.SIGKILL)
        return bytes(length)


@dataclass
class EndlessSource:
    """Answers only when it is let go, like a store that hangs."""

    size = 1000
    asked: threading.Event = field(default_factory=threading.Event)
    let_go: threading.Event = field(default_factory=threading.Event)

    def fetch(self, offset: int, length: int) -> bytes:
        self.asked.set()
        self.let_go.wait(60)
        return bytes(length)


async def ignore(fraction: float, seconds: float) -> None:
    pass


async def test_the_result_is_that_of_the_same_work_here(reel: Path) -> None:
    told: list[float] = []

    async def on_progress(fraction: float, seconds: float) -> None:
        told.append(fraction)

    made = await LocalWorkers(1).embed(LocalFile(reel), on_progress=on_progress)
    here = embed(reel)
    assert set(made.tracks) == {VISUAL, AUDIO}
    np.testing.assert_allclose(made.tracks[VISUAL].vectors, here.tracks[VISUAL].vectors, atol=1e-5)
    assert made.frame_track == here.frame_track
    assert made.detail_track == here.detail_track
    assert told[-1] == 1.0


async def test_the_tracks_alone(reel: Path) -> None:
    here = embed(reel)
    tracks = await LocalWorkers(1).track_frames(LocalFile(reel), on_progress=ignore)
    assert tracks == StoredTracks(frames=here.frame_track, detail=here.detail_track)


async def test_a_bad_video_is_the_same_error_as_here(tmp_path: Path) -> None:
    (tmp_path / "letter.mp4").write_text("Dear Sir or Madam,")
    with pytest.raises(MediaError, match="text") as caught:
        await LocalWorkers(1).embed(LocalFile(tmp_path / "letter.mp4"), on_progress=ignore)
    assert caught.value.reason is MediaReason.NOT_A_VIDEO


async def test_a_killed_process_is_a_typed_error() -> None:
    with pytest.raises(ProcessDied) as caught:
        await LocalWorkers(1).embed(DeadlySource(), on_progress=ignore)
    assert caught.value.exit_code == -signal.SIGKILL


async def test_a_defect_is_a_typed_error_with_its_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "defective.py").write_text("raise ZeroDivisionError('a defect')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(worker, "_CHILD_MODULE", "defective")
    with pytest.raises(ProcessDied) as caught:
        await LocalWorkers(1).embed(DeadlySource(), on_progress=ignore)
    assert "ZeroDivisionError: a defect" in caught.value.output


async def test_no_file_keeps_a_slot_for_longer_than_it_is_given(
    reel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_BASE_SECONDS", 0.0)
    monkeypatch.setattr(worker, "_TIMES_PLAYED", 0.0)
    before = children()
    with pytest.raises(MediaError, match="took longer") as caught:
        await LocalWorkers(1).embed(LocalFile(reel), on_progress=ignore)
    assert caught.value.reason is MediaReason.UNDECODABLE
    assert children() <= before


async def test_an_error_of_the_listener_ends_the_work(reel: Path) -> None:
    async def on_progress(fraction: float, seconds: float) -> None:
        raise LookupError("the task is gone")

    with pytest.raises(LookupError):
        await LocalWorkers(1).embed(LocalFile(reel), on_progress=on_progress)


async def test_cancelling_ends_even_a_process_that_hangs() -> None:
    before, source = children(), EndlessSource()
    work = asyncio.create_task(LocalWorkers(1).embed(source, on_progress=ignore))
    await asyncio.to_thread(source.asked.wait, 30)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert children() <= before
    source.let_go.set()


def forks(before: set[int]) -> set[int]:
    """The processes that were forked from a template that was started since."""
    templates = children() - before
    return {fork.pid for each in templates for fork in psutil.Process(each).children()}


async def ready_process(before: set[int]) -> int:
    """The process that waits for a job, once there is one."""
    async with asyncio.timeout(30):
        while not (ready := forks(before)):
            await asyncio.sleep(0.01)
    (process,) = ready
    return process


@pytest.fixture
def soon_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_SETTLED_SECONDS", 0.0)


@pytest.mark.usefixtures("soon_ready")
async def test_a_process_is_kept_ready_for_the_next_job() -> None:
    before = children()
    async with LocalWorkers(1) as workers:
        for _ in range(2):
            ready = await ready_process(before)
            # Of a thread that another library has started, a fork would have but the locks.
            assert psutil.Process(psutil.Process(ready).ppid()).num_threads() == 1
            source = EndlessSource()
            work = asyncio.create_task(workers.embed(source, on_progress=ignore))
            await asyncio.to_thread(source.asked.wait, 30)
            assert forks(before) == {ready}
            work.cancel()
            source.let_go.set()
            with pytest.raises(asyncio.CancelledError):
                await work
    assert children() <= before


@pytest.mark.usefixtures("soon_ready")
async def test_a_ready_process_that_was_killed_is_replaced(reel: Path) -> None:
    before = children()
    async with LocalWorkers(1) as workers:
        ready = await ready_process(before)
        os.kill(ready, signal.SIGKILL)
        async with asyncio.timeout(30):
            while ready in forks(before):
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # for the event loop to hear of it
        made = await workers.embed(LocalFile(reel), on_progress=ignore)
        assert made.frame_count == 350
    assert children() <= before


async def test_more_jobs_than_slots_wait_for_each_other(reel: Path) -> None:
    workers = LocalWorkers(1)
    running, most = 0, 0

    async def one() -> None:
        nonlocal running, most
        first = True

        async def on_progress(fraction: float, seconds: float) -> None:
            nonlocal running, most, first
            if first:
                running, first = running + 1, False
                most = max(most, running)
            if fraction == 1.0:
                running -= 1

        await workers.embed(LocalFile(reel), on_progress=on_progress)

    await asyncio.gather(one(), one())
    assert most == 1


class _Store(BaseHTTPRequestHandler):
    """As much of S3 as reading an object by ranges takes."""

    objects: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        data = self.objects.get(self.path)
        if data is None:
            self._answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>")
            return
        first, last = map(int, self.headers["Range"].removeprefix("bytes=").split("-"))
        self._answer(206, data[first : last + 1])

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, reel: Path) -> Iterator[str]:
    """The endpoint of a store that holds the reel."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(_Store, "objects", {"/media/reel": reel.read_bytes()})
    with ThreadingHTTPServer(("127.0.0.1", 0), _Store) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def test_a_video_is_read_from_the_store_by_ranges(store: str, reel: Path) -> None:
    size = reel.stat().st_size
    source = S3Source(endpoint=store, region="us-east-1", bucket="media", key="reel", size=size)
    made = await LocalWorkers(1).embed(source, on_progress=ignore)
    assert made.frame_count == 350


async def test_an_object_that_is_gone_is_unavailable(store: str) -> None:
    source = S3Source(endpoint=store, region="us-east-1", bucket="media", key="gone", size=1000)
    with pytest.raises(SourceUnavailable, match="can't be read"):
        await LocalWorkers(1).embed(source, on_progress=ignore)
