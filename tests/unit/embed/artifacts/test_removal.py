"""Embeddings that users remove, or that nobody can read any more, are made anew."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters import schema
from services.embed.adapters.embedding_store import EmbeddingStore
from services.embed.adapters.session_store import SessionStore
from services.embed.adapters.task_queue import TaskQueue
from services.embed.adapters.task_store import TaskStore
from services.embed.artifacts.delivery import Delivery
from services.embed.artifacts.embeddings import Embedding, TrackFacts
from services.embed.artifacts.keys import detail_track_key, frame_track_key, vectors_prefix
from services.embed.artifacts.removal import Removal
from services.embed.artifacts.stored_forms import encode_vectors
from services.embed.artifacts.tracks import VectorTrack
from services.embed.sessions.sessions import Session
from services.embed.tasks import task_state
from services.embed.tasks.task_state import Failure, Modality, State, Task
from services.servicekit.announcements import Announcements
from services.servicekit.errors import SageError
from services.servicekit.listing.requests import ListRequest
from tests.fixtures.databases import database_of
from tests.fixtures.tasks import make_task

VECTORS = encode_vectors(
    VectorTrack(vectors=np.eye(1, 4, dtype=np.float32), starts=np.zeros(1), ends=np.ones(1))
)


class Tasks(TaskStore, TaskQueue):
    """Both sides of the queue."""


class Objects:
    """A store in memory. away: fails whatever removes."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.away = False

    async def get(self, key: str) -> bytes:
        return self.objects[key]

    async def remove_under(self, prefix: str, *, keep: str = "") -> None:
        if self.away:
            raise SageError(ErrorReason.ERROR_REASON_DEPENDENCY_UNAVAILABLE, "It is away.")
        for key in [key for key in self.objects if key.startswith(prefix)]:
            del self.objects[key]


class World:
    """A queue, a store, and what reads and removes."""

    def __init__(self, engine: AsyncEngine, tasks: Tasks, embeddings: EmbeddingStore) -> None:
        self._engine = engine
        self.tasks = tasks
        self.embeddings = embeddings
        self.objects = Objects()
        self.removal = Removal(embeddings, tasks, self.objects)
        self.delivery = Delivery(self.objects, self.removal.damaged)

    async def ask(self, segment: float = 2.0) -> Task:
        return await self.tasks.create(make_task(segment_duration=segment), "")

    async def embed(self, segment: float = 2.0) -> Embedding:
        """Asks for an embedding and makes it."""
        asked = await self.ask(segment)
        task = await self.tasks.claim("me", ["local"], lease=60.0, max_failures=3)
        assert task is not None
        assert task.id == asked.id
        prefix = vectors_prefix("w1", task.id, task.attempt)
        track = frame_track_key("w1", task.video.sha256)
        self.objects.objects[prefix + "VISUAL"] = VECTORS
        detail = detail_track_key("w1", task.video.sha256)
        self.objects.objects[track] = b"no track"
        self.objects.objects[detail] = b"no detail"
        held = await self.tasks.change_held(
            task, lambda it: task_state.advance(it, State.STORING, progress=1.0, stage="", now=1)
        )
        embedding = Embedding(
            id=task.id,
            workspace="w1",
            video=task.video.name,
            sha256=task.video.sha256,
            engine="local",
            model=task.model,
            segment_duration=segment,
            duration=1.0,
            tracks=(
                TrackFacts(
                    modality=Modality.VISUAL, segment_count=1, dimension=4, has_fine_samples=False
                ),
            ),
            vectors_prefix=prefix,
            frame_track_key=track,
            detail_track_key=detail,
            etag=f"etag {task.attempt}",
            created_at=1,
        )
        await self.tasks.complete(held, embedding)
        return embedding

    async def forget_tasks(self) -> None:
        """As if they had ended long ago."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(schema.tasks))

    async def read(self, embedding: Embedding) -> int:
        return len([it async for it in self.delivery.segments(embedding, (), include_fine=False)])

    async def listed(self) -> list[str]:
        page = await self.embeddings.page("w1", ListRequest(), video="", engine="")
        return [embedding.id for embedding in page.items]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with database_of("embed", tmp_path) as engine:
        session = Session(id="s", workspace="w1", key_hash="", created_at=1, expires_at=2)
        await SessionStore(engine).open(session)
        yield World(engine, Tasks(engine, Announcements(engine, "tasks")), EmbeddingStore(engine))


def stored_keys(embedding: Embedding) -> set[str]:
    """Where its artifacts lie."""
    detail = detail_track_key(embedding.workspace, embedding.sha256)
    return {embedding.vectors_prefix + "VISUAL", embedding.frame_track_key, detail}


def refused(caught: pytest.ExceptionInfo[SageError]) -> str:
    return caught.value.reason_name


async def test_a_deleted_embedding_leaves_nothing_and_is_made_anew(world: World) -> None:
    first = await world.embed()
    assert (await world.ask()).id == first.id
    await world.removal.delete("w1", first.id, first.etag)
    assert world.objects.objects == {}
    assert (await world.tasks.get("w1", first.id)).state is State.CANCELLED
    with pytest.raises(SageError) as caught:
        await world.embeddings.get("w1", first.id)
    assert refused(caught) == "NOT_FOUND"
    again = await world.ask()
    assert (again.id != first.id, again.state) == (True, State.QUEUED)


async def test_a_frame_track_stays_as_long_as_another_embedding_uses_it(world: World) -> None:
    first, second = await world.embed(2.0), await world.embed(3.0)
    await world.removal.delete("w1", first.id, "")
    assert set(world.objects.objects) == {
        second.vectors_prefix + "VISUAL",
        second.frame_track_key,
        second.detail_track_key,
    }
    await world.removal.delete("w1", second.id, "")
    assert world.objects.objects == {}


async def test_only_the_embedding_that_was_read_is_deleted(world: World) -> None:
    first = await world.embed()
    for workspace, etag, reason in (("w1", "old", "ETAG_MISMATCH"), ("w2", "", "NOT_FOUND")):
        with pytest.raises(SageError) as caught:
            await world.removal.delete(workspace, first.id, etag)
        assert refused(caught) == reason
    assert await world.read(first) == 1
    assert await world.listed() == [first.id]


async def test_what_is_being_made_cannot_be_deleted(world: World) -> None:
    task = await world.ask()
    with pytest.raises(SageError, match="Cancel the task") as caught:
        await world.removal.delete("w1", task.id, "")
    assert refused(caught) == "TASK_STATE_CONFLICT"


async def test_a_removal_that_the_store_interrupts_is_finished_by_the_next(world: World) -> None:
    first = await world.embed()
    world.objects.away = True
    with pytest.raises(SageError) as caught:
        await world.removal.delete("w1", first.id, "")
    assert refused(caught) == "DEPENDENCY_UNAVAILABLE"
    # Until then it is not used any more.
    assert await world.listed() == []
    world.objects.away = False
    await world.removal.delete("w1", first.id, "")
    assert world.objects.objects == {}


async def test_what_is_old_goes_unless_it_is_being_made_anew(world: World) -> None:
    first = await world.embed(2.0)
    assert await world.removal.expire(1, 9) == 0
    assert await world.removal.expire(2, 9) == 1
    assert await world.listed() == []
    assert (await world.tasks.get("w1", first.id)).state is State.CANCELLED
    second = await world.embed(3.0)
    damage = Failure(reason="INVALID_VECTORS", message="Nobody can read it.")
    await world.removal.damaged(second, second.vectors_prefix, damage)
    again = await world.ask(3.0)
    assert await world.removal.expire(2, 9) == 0
    assert (await world.tasks.get("w1", again.id)).state is State.QUEUED


class Died(Exception):
    """The process ended here."""


@pytest.mark.parametrize("remembered", [True, False], ids=["task there", "task forgotten"])
@pytest.mark.parametrize("steps", range(5))
async def test_a_removal_that_died_is_finished_by_the_sweep(
    world: World, monkeypatch: pytest.MonkeyPatch, steps: int, remembered: bool
) -> None:
    embeddings = [await world.embed(2.0), await world.embed(3.0)]
    left = steps

    def mortal(step: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def call(*given: object) -> None:
            nonlocal left
            if left == 0:
                raise Died
            left -= 1
            await step(*given)

        return call

    with monkeypatch.context() as dying:
        dying.setattr(world.objects, "remove_under", mortal(world.objects.remove_under))
        dying.setattr(world.embeddings, "remove", mortal(world.embeddings.remove))
        with contextlib.suppress(Died):
            for embedding in embeddings:
                await world.removal.delete("w1", embedding.id, "")
            raise AssertionError("it came to its end")
    if not remembered:
        await world.forget_tasks()
    while await world.removal.finish_begun(1):
        pass
    kept = await world.listed()
    assert set(world.objects.objects) == {
        key for embedding in embeddings if embedding.id in kept for key in stored_keys(embedding)
    }
    for embedding in embeddings:
        if embedding.id not in kept:
            with pytest.raises(SageError) as caught:
                await world.removal.delete("w1", embedding.id, "")
            assert refused(caught) == "NOT_FOUND"


async def test_the_sweep_leaves_alone_what_a_task_makes_anew(world: World) -> None:
    first = await world.embed()
    world.objects.objects[first.vectors_prefix + "VISUAL"] = b"damage"
    with pytest.raises(SageError, match="Embed the video again"):
        await world.read(first)
    assert await world.removal.finish_begun(9) == 0
    await world.ask()
    assert await world.removal.finish_begun(9) == 0
    assert set(world.objects.objects) == stored_keys(first)


@pytest.mark.parametrize("damage", ["gone", "changed"])
async def test_damaged_vectors_are_made_anew_by_the_next_task(world: World, damage: str) -> None:
    first = await world.embed()
    key = first.vectors_prefix + "VISUAL"
    if damage == "gone":
        del world.objects.objects[key]
    else:
        world.objects.objects[key] = VECTORS[:-1] + bytes([VECTORS[-1] ^ 1])
    with pytest.raises(SageError, match="Embed the video again") as caught:
        await world.read(first)
    assert refused(caught) == "INVALID_VECTORS"
    task = await world.tasks.get("w1", first.id)
    assert task.failure is not None
    assert (task.state, task.failure.reason) == (State.FAILED, "INVALID_VECTORS")
    assert await world.listed() == []
    second = await world.embed()
    assert (second.name, second.etag) == (first.name, "etag 2")
    assert await world.read(second) == 1
    assert await world.listed() == [first.id]


async def test_a_damaged_detail_track_makes_room_for_another(world: World) -> None:
    first = await world.embed()
    with pytest.raises(SageError, match="Embed the video again"):
        _ = [it async for it in world.delivery.detail_track(first, [(0.0, 1.0)])]
    assert first.detail_track_key not in world.objects.objects
    assert first.frame_track_key in world.objects.objects
    assert (await world.ask()).state is State.QUEUED


async def test_a_damaged_frame_track_makes_room_for_another(world: World) -> None:
    first = await world.embed()
    with pytest.raises(SageError, match="Embed the video again"):
        _ = [it async for it in world.delivery.frame_track(first)]
    assert first.frame_track_key not in world.objects.objects
    assert (await world.ask()).state is State.QUEUED


async def test_what_was_read_wrongly_once_is_not_made_anew(world: World) -> None:
    first = await world.embed()
    sound = world.objects.objects
    readings = iter([dict.fromkeys(sound, b""), sound])

    async def get(key: str) -> bytes:
        return next(readings)[key]

    world.objects.get = get  # type: ignore[method-assign]
    with pytest.raises(SageError):
        await world.read(first)
    assert await world.listed() == [first.id]


async def test_an_embedding_is_there_for_those_only_who_may_see_its_video(world: World) -> None:
    embedding = await world.embed()
    shown = await world.embeddings.get("w1", embedding.id, videos=[embedding.video, "videos/b"])
    assert shown == embedding
    with pytest.raises(SageError) as hidden:
        await world.embeddings.get("w1", embedding.id, videos=["videos/b"])
    with pytest.raises(SageError) as missing:
        await world.embeddings.get("w1", "nothing")
    assert hidden.value.reason == missing.value.reason
    assert hidden.value.message == missing.value.message.replace("nothing", embedding.id)
