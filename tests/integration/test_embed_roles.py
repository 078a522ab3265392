"""Embedding apart from the API: one takes calls, the other works, over one database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import psutil
import pytest

from sage.embed.v1 import embed_pb2, embed_pb2_grpc
from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.integration.embedding import Backend, backend, client
from tests.integration.processes import RunningProcess

Task = embed_pb2.EmbeddingTask


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    home = tmp_path_factory.mktemp("roles")
    settings = {"SAGE_EMBED_DATABASE_URL": f"sqlite+aiosqlite:///{home}/embed.sqlite"}
    with backend(home, settings) as it:
        yield it


@pytest.fixture(scope="module")
def api(running: Backend) -> Iterator[RunningProcess]:
    with running.embed({"SAGE_EMBED_ROLE": "api"}) as process:
        yield process


def test_the_api_embeds_nothing_and_a_worker_takes_no_calls(
    running: Backend, api: RunningProcess, clip_library: ClipLibrary, tmp_path: Path
) -> None:
    clip = clip_library.get("clip.mp4", [Piece("man", 0.0, 2.0)])
    own = {"SAGE_EMBED_ROLE": "worker", "SAGE_HOME": str(tmp_path)}
    with client(api, running) as people:
        task = people.create(people.upload(clip).name)

        with running.embed(own) as worker:
            done = people.finish(task.name)
            with grpc.insecure_channel(worker.address) as channel:
                ask = embed_pb2_grpc.EmbedServiceStub(channel).GetEmbeddingTask
                with pytest.raises(grpc.RpcError) as refused:
                    people.call(ask, embed_pb2.GetEmbeddingTaskRequest(name=task.name))
            claimed = worker.log.read_text()

    assert (done.state, done.attempt) == (Task.STATE_SUCCEEDED, 1)
    assert refused.value.code() == grpc.StatusCode.UNIMPLEMENTED
    assert task.name in next(line for line in claimed.splitlines() if '"task_claimed"' in line)
    assert "task_claimed" not in api.log.read_text()
    # No process waits there for a video that will not come.
    assert psutil.Process(api.pid).children(recursive=True) == []
