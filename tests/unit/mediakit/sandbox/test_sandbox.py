"""The confined process: what it may do, and what is refused to it."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox.messages import Message
from services.mediakit.sandbox.process import Budget, ProcessDied, Sandbox, SourceUnavailable

_CONTENT = bytes(range(256)) * 20_000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp need Linux")


def content(offset: int, length: int) -> bytes:
    return _CONTENT[offset : offset + length]


async def run(job: str, *, seconds: float = 60.0, fetch: Any = content, **options: Any) -> Message:
    return await Sandbox("tests.unit.mediakit.sandbox.hostile").run(
        job,
        options,
        size=len(_CONTENT),
        fetch=fetch,
        budget=Budget(base=seconds),
        cpu_seconds=120,
    )


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


async def test_everything_that_decoding_does_not_need_is_refused(
    tmp_path: Path, listener: socket.socket
) -> None:
    secret = tmp_path / "master.key"
    secret.write_text("secret")
    answer = await run("attempts", secret=str(secret), port=listener.getsockname()[1])
    found = answer.values
    refused = {"read", "list", "parent", "write", "connect", "fork", "exec", "kill"}
    assert {name: found[name] for name in refused} == dict.fromkeys(refused, "PermissionError")
    assert found["allocate"] == "MemoryError"
    assert found["thread"] == "got 'ran'"


async def test_no_secret_of_the_environment_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "SAGE_MASTER_KEY_FILE", "HOME", "DATABASE_URL"):
        monkeypatch.setenv(name, "secret")
    names = (await run("environment")).values["names"]
    assert "PATH" in names
    assert set(names) <= {
        *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONPATH"),
        *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX"),
    }


async def test_it_reads_its_file_through_the_service() -> None:
    assert (await run("read")).body == _CONTENT


async def test_a_store_that_fails_is_not_the_files_fault() -> None:
    def fail(offset: int, length: int) -> bytes:
        raise SourceUnavailable("the store is away")

    with pytest.raises(SourceUnavailable, match="away"):
        await run("read", fetch=fail)


async def test_a_defect_of_the_fetch_is_raised_at_once() -> None:
    def fail(offset: int, length: int) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await run("read", fetch=fail)


@pytest.mark.parametrize(("offset", "length"), [(-5, 5), (0, 1 << 40), (0, -1)])
async def test_it_gets_nothing_but_its_file(offset: int, length: int) -> None:
    with pytest.raises(ProcessDied, match="ended"):
        await run("lie", offset=offset, length=length)


async def test_one_that_goes_on_for_ever_is_ended() -> None:
    with pytest.raises(MediaError, match="took longer") as caught:
        await run("spin", seconds=0.5)
    assert caught.value.reason is MediaReason.UNDECODABLE
