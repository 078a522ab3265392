"""Both of Python's clients: what they do of themselves when something is lost on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sage.embed.v1.embed_pb2 import EmbeddingTask, WatchEmbeddingTasksResponse
from sage.ingest.v1.ingest_pb2 import Upload, Video
from sage_client import AsyncSageClient, EmbeddingFailed, SageClient
from tests.unit.clients.made_up_server import made_up_server, served

Uploader = Callable[[str, Path], Video]
Embedder = Callable[[str, list[str]], list[str]]
# More than two parts, the last of them shorter.
FILM = b"moving pictures"


def upload(server: str, path: Path) -> Video:
    with SageClient(server) as sage:
        return sage.upload(path)


def upload_async(server: str, path: Path) -> Video:
    async def work() -> Video:
        async with AsyncSageClient(server) as sage:
            return await sage.upload(path)

    return asyncio.run(work())


def embed(server: str, videos: list[str]) -> list[str]:
    told: list[str] = []
    with SageClient(server) as sage:
        sage.embed_videos(videos, lambda task: told.append(task.name))
    return told


def embed_async(server: str, videos: list[str]) -> list[str]:
    told: list[str] = []

    async def work() -> None:
        async with AsyncSageClient(server) as sage:
            await sage.embed_videos(videos, lambda task: told.append(task.name))

    asyncio.run(work())
    return told


uploaders = pytest.mark.parametrize("uploader", [upload, upload_async])
embedders = pytest.mark.parametrize("embedder", [embed, embed_async])


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "cut.mp4"
    path.write_bytes(FILM)
    return path


def message(revision: int, *tasks: EmbeddingTask) -> WatchEmbeddingTasksResponse:
    return WatchEmbeddingTasksResponse(revision=revision, embedding_tasks=tasks)


def task(name: str, state: EmbeddingTask.State.ValueType) -> EmbeddingTask:
    return EmbeddingTask(name=f"embeddingTasks/{name}", state=state, video_display_name="cut.mp4")


@uploaders
def test_an_upload_goes_on_with_the_parts_that_are_missing(uploader: Uploader, film: Path) -> None:
    server = made_up_server()
    with served(server) as url:
        uploader(url, film)
        assert server.sent == [1, 2, 3, 4]
        (interrupted,) = server.uploads.values()
        interrupted.received_parts.extend([1, 3])
        server.sent.clear()
        uploader(url, film)
    assert server.sent == [2, 4]
    assert list(server.uploads.values()) == [interrupted]
    assert b"".join(server.parts[number] for number in (1, 2, 3, 4)) == FILM


@uploaders
def test_an_upload_that_ended_is_made_anew(uploader: Uploader, film: Path) -> None:
    server = made_up_server()
    with served(server) as url:
        uploader(url, film)
        (ended,) = server.uploads.values()
        ended.state = Upload.STATE_FAILED
        uploader(url, film)
    assert len(server.uploads) == 2


@uploaders
def test_what_is_there_is_not_sent(uploader: Uploader, film: Path) -> None:
    server = made_up_server()
    with served(server) as url:
        video = uploader(url, film)
        server.videos[video.sha256] = video
        server.sent.clear()
        assert uploader(url, film) == video
    assert server.sent == []


@pytest.mark.slow("a part that found no server is sent again after 1.5 s")
@uploaders
def test_a_part_that_found_no_server_is_sent_again(uploader: Uploader, film: Path) -> None:
    server = made_up_server(lost_parts=[2])
    with served(server) as url:
        uploader(url, film)
    assert server.sent == [1, 2, 2, 3, 4]


@uploaders
def test_a_session_is_renewed_before_it_ends(uploader: Uploader, film: Path) -> None:
    lasting, ending = made_up_server(), made_up_server(session_seconds=30)
    for server in (lasting, ending):
        with served(server) as url:
            uploader(url, film)
    assert lasting.sessions == 1
    assert ending.sessions > 1


@pytest.mark.slow("a lost watch is opened again after a second")
@embedders
def test_a_lost_watch_goes_on_after_the_last_revision(embedder: Embedder) -> None:
    queued, done = EmbeddingTask.STATE_QUEUED, EmbeddingTask.STATE_SUCCEEDED
    watches = [
        [message(3, task("a", queued), task("b", queued))],
        [message(5, task("b", done)), message(4)],
        [message(6, task("a", done))],
    ]
    server = made_up_server(watches=watches)
    with served(server) as url:
        told = embedder(url, ["videos/b", "videos/a", "videos/b"])
    names = ["embeddingTasks/a", "embeddingTasks/b"]
    assert server.asked == [(names, 0), (names, 3), (names, 5)]
    assert told == ["embeddingTasks/a", "embeddingTasks/b", "embeddingTasks/b", "embeddingTasks/a"]


@embedders
def test_a_failed_task_says_why(embedder: Embedder) -> None:
    failed = task("a", EmbeddingTask.STATE_FAILED)
    failed.error.message = "The file is damaged."
    server = made_up_server(watches=[[message(1, failed)]])
    with served(server) as url, pytest.raises(EmbeddingFailed, match=r"cut\.mp4: The file is dam"):
        embedder(url, ["videos/a"])


@embedders
def test_nothing_is_watched_for_no_videos(embedder: Embedder) -> None:
    server = made_up_server()
    with served(server) as url:
        assert embedder(url, []) == []
    assert server.asked == []
