"""Replicas of the release before and of this one, at work together on one database and one store.

The release before is the last commit that did not know the newest migration. Each of its services
has one of this release beside it, and calls go from either to either, as in a rolling update.
"""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest

from sage.compare.v1 import compare_pb2, compare_pb2_grpc
from sage.compare.v1 import saved_comparison_pb2 as saved_pb2
from sage.compare.v1 import saved_comparison_pb2_grpc as saved_pb2_grpc
from sage.embed.v1 import embed_pb2
from tests.fixtures.clips import Piece
from tests.fixtures.media import ClipLibrary
from tests.fixtures.stack import ROOT
from tests.integration.embedding import Client, open_session
from tests.integration.postgres import start_postgres
from tests.integration.processes import (
    RunningProcess,
    create_keys,
    service_environment,
    start_service,
    start_store,
)

pytestmark = [
    pytest.mark.xdist_group("side-by-side"),
    pytest.mark.slow("starts two releases of every service"),
    pytest.mark.timeout(300),
]

SERVICES = ("ingest", "embed", "compare")


def git(*arguments: str) -> str:
    answer = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    if answer.returncode != 0:
        pytest.skip(f"needs the history of the sources: {answer.stderr.strip()}")
    return answer.stdout.strip()


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the release before."""
    folder = tmp_path_factory.mktemp("before")
    migrations = [f"services/{each}/migrations/versions" for each in SERVICES]
    newest = git("log", "-1", "--diff-filter=A", "--no-merges", "--format=%H", "--", *migrations)
    if not newest:
        pytest.skip("needs the history of the sources")
    archive = folder / "before.zip"
    git("archive", "--output", str(archive), f"{newest}^", "services", "clients/python")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


@dataclass(frozen=True, kw_only=True)
class Release:
    """One replica of each service."""

    ingest: RunningProcess
    embed: RunningProcess
    compare: RunningProcess


def start(
    stack: ExitStack, environment: dict[str, str], root: Path, others: Release | None
) -> Release:
    """others: whom its services call; themselves when it is None."""

    def one(service: str, **addresses: str) -> RunningProcess:
        told = {f"SAGE_{name.upper()}_ADDRESS": it for name, it in addresses.items()}
        home = Path(environment["SAGE_HOME"]) / root.name
        variables = {**environment, **told, "SAGE_HOME": str(home)}
        return stack.enter_context(
            start_service(
                f"services.{service}", f"SAGE_{service.upper()}_PORT", variables, root=root
            )
        )

    ingest = one("ingest")
    embed = one("embed", ingest=(others.ingest if others else ingest).address)
    compare = one(
        "compare",
        embed=(others.embed if others else embed).address,
        ingest=(others.ingest if others else ingest).address,
    )
    return Release(ingest=ingest, embed=embed, compare=compare)


@pytest.fixture(scope="module")
def both(
    before: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Release, Release]]:
    """The old one was there first; the new one migrated the databases, and calls the old one."""
    home = tmp_path_factory.mktemp("home")
    with ExitStack() as stack:
        postgres = stack.enter_context(start_postgres())
        store = stack.enter_context(start_store(home))
        keys = create_keys(home)
        environment = {
            **service_environment(home, store.address, keys),
            "SAGE_TOKEN_SIGNING_KEY_FILE": str(keys.signing_key),
            "SAGE_ANONYMOUS_WORKSPACE": "tests",
            **{
                f"SAGE_{each.upper()}_DATABASE_URL": postgres.create_database(each)
                for each in SERVICES
            },
        }
        old = start(stack, environment, before, None)
        yield old, start(stack, environment, ROOT, old)


def compared(release: Release, people: Client, a: str, b: str) -> set[tuple[float, float]]:
    """Where the regions lie in A."""
    with grpc.insecure_channel(release.compare.address) as channel:
        stub = compare_pb2_grpc.CompareServiceStub(channel)
        request = compare_pb2.CompareVideosRequest(a=a, b=b)
        answers = stub.CompareVideos(request, metadata=people.metadata, timeout=60)
        return {
            (it.region.a_start, it.region.a_end)
            for it in answers
            if it.WhichOneof("payload") == "region"
        }


def test_two_releases_are_one_sage(
    both: tuple[Release, Release], clip_library: ClipLibrary
) -> None:
    session = open_session(both[0].embed.address)
    # Each client uploads through one release and embeds through the other.
    pairs = list(zip(both, reversed(both), strict=True))
    clients = [
        Client(embedding.embed.address, uploading.ingest.address, session.access_token)
        for uploading, embedding in pairs
    ]
    videos = []
    for number, people in enumerate(clients):
        clip = clip_library.get(f"{number}.mp4", [Piece("man", 0.0, 2.0 + number)])
        videos.append(people.upload(clip).name)
        task = people.create(videos[-1], engine="local")
        # The other release tells of it, whichever works on it.
        assert clients[1 - number].finish(task.name).state == (
            embed_pb2.EmbeddingTask.STATE_SUCCEEDED
        )
    # One may find what the other did not, but both find something in what either has embedded.
    assert all(compared(release, clients[0], *videos) for release in both)

    listed = [
        people.call(people.embed.ListEmbeddingTasks, embed_pb2.ListEmbeddingTasksRequest())
        for people in clients
    ]
    assert [each.name for each in listed[0].embedding_tasks] == [
        each.name for each in listed[1].embedding_tasks
    ]
    assert {each.attempt for each in listed[0].embedding_tasks} == {1}
    for keeping, reading in pairs:
        name = kept(keeping, clients[0], *videos)
        assert read(reading, clients[0], name).a == videos[0]
    for people in clients:
        people.close()


def kept(release: Release, people: Client, a: str, b: str) -> str:
    with grpc.insecure_channel(release.compare.address) as channel:
        stub = saved_pb2_grpc.ComparisonServiceStub(channel)
        request = saved_pb2.CreateComparisonRequest(a=a, b=b, display_name="Kept")
        name: str = people.call(stub.CreateComparison, request).name
        return name


def read(release: Release, people: Client, name: str) -> saved_pb2.SavedComparison:
    with grpc.insecure_channel(release.compare.address) as channel:
        stub = saved_pb2_grpc.ComparisonServiceStub(channel)
        found: saved_pb2.SavedComparison = people.call(
            stub.GetComparison, saved_pb2.GetComparisonRequest(name=name)
        )
        return found
