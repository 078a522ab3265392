"""The confined process: what it may do, and what is refused to it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.sandbox.budget import Budget
from services.mediakit.sandbox.conversation import SourceUnavailable
from services.mediakit.sandbox.messages import Message
from services.mediakit.sandbox.process import ProcessDied, Sandbox

_CONTENT = bytes(range(256)) * 20_000

pytestmark = [
    pytest.mark.slow("starts confined processes"),
    pytest.mark.skipif(sys.platform != "linux", reason="Landlock and seccomp need Linux"),
    pytest.mark.asyncio(loop_scope="module"),
]


def content(offset: int, length: int) -> bytes:
    return _CONTENT[offset : offset + length]


def hostile(*, ready: int = 0) -> Sandbox:
    return Sandbox("tests.unit.mediakit.sandbox.hostile", ready=ready, settled_seconds=0.0)


async def run(
    sandbox: Sandbox, job: str, *, seconds: float = 60.0, fetch: Any = content, **options: Any
) -> Message:
    return await sandbox.run(
        job,
        options,
        size=len(_CONTENT),
        fetch=fetch,
        budget=Budget(base=seconds),
        cpu_seconds=120,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[Sandbox]:
    """Its processes are forked from one template."""
    async with hostile() as it:
        yield it


@pytest.fixture(params=["forked", "started"])
def either(request: pytest.FixtureRequest, sandbox: Sandbox) -> Sandbox:
    """One that forks its processes, and one that starts each from nothing."""
    return sandbox if request.param == "forked" else hostile()


async def template_of(sandbox: Sandbox) -> psutil.Process:
    return psutil.Process((await run(sandbox, "parent")).values["id"])


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


async def test_everything_that_decoding_does_not_need_is_refused(
    either: Sandbox, tmp_path: Path, listener: socket.socket
) -> None:
    secret = tmp_path / "master.key"
    secret.write_text("secret")
    answer = await run(either, "attempts", secret=str(secret), port=listener.getsockname()[1])
    found = answer.values
    refused = {"read", "list", "parent", "write", "connect", "fork", "exec", "kill"}
    assert {name: found[name] for name in refused} == dict.fromkeys(refused, "PermissionError")
    assert found["allocate"] == "MemoryError"
    assert found["thread"] == "got 'ran'"


async def test_no_secret_of_the_environment_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "SAGE_MASTER_KEY_FILE", "HOME", "DATABASE_URL"):
        monkeypatch.setenv(name, "secret")
    async with hostile() as forking:
        for sandbox in (hostile(), forking):
            names = (await run(sandbox, "environment")).values["names"]
            assert "PATH" in names
            assert set(names) <= {
                *("PATH", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PYTHONPATH"),
                *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MALLOC_ARENA_MAX"),
            }


async def test_it_reads_its_file_through_the_service(either: Sandbox) -> None:
    assert (await run(either, "read")).body == _CONTENT


async def test_a_store_that_fails_is_not_the_files_fault(sandbox: Sandbox) -> None:
    def fail(offset: int, length: int) -> bytes:
        raise SourceUnavailable("the store is away")

    with pytest.raises(SourceUnavailable, match="away"):
        await run(sandbox, "read", fetch=fail)


async def test_a_defect_of_the_fetch_is_raised_at_once(sandbox: Sandbox) -> None:
    def fail(offset: int, length: int) -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await run(sandbox, "read", fetch=fail)


@pytest.mark.parametrize(("offset", "length"), [(-5, 5), (0, 1 << 40), (0, -1)])
async def test_it_gets_nothing_but_its_file(sandbox: Sandbox, offset: int, length: int) -> None:
    with pytest.raises(ProcessDied, match="ended"):
        await run(sandbox, "lie", offset=offset, length=length)


async def test_one_that_goes_on_for_ever_is_ended(either: Sandbox) -> None:
    with pytest.raises(MediaError, match="took longer") as caught:
        await run(either, "spin", seconds=0.5)
    assert caught.value.reason is MediaReason.UNDECODABLE


async def test_a_fork_has_nothing_open_but_its_pipes(sandbox: Sandbox) -> None:
    opened = (await run(sandbox, "descriptors")).values
    # Its three, and the copy of its output that libraries cannot print to.
    assert opened == {str(each): stat.S_IFIFO for each in range(4)}


async def test_all_processes_come_from_one_template_that_has_one_thread(sandbox: Sandbox) -> None:
    template = await template_of(sandbox)
    assert template.pid != os.getpid()
    assert await template_of(sandbox) == template
    assert template.num_threads() == 1


async def test_a_job_that_is_cancelled_while_its_process_starts_leaves_none() -> None:
    async with hostile() as sandbox:
        # The template is there, and the job's process on its way.
        template = await template_of(sandbox)
        job = asyncio.create_task(run(sandbox, "spin"))
        await asyncio.sleep(0)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job
        assert (await run(sandbox, "read")).body == _CONTENT
        async with asyncio.timeout(30):
            while template.children():
                await asyncio.sleep(0.01)


async def test_after_a_crash_processes_lie_elsewhere_in_memory() -> None:
    async with hostile(ready=1) as sandbox:
        template = await template_of(sandbox)
        with pytest.raises(ProcessDied) as caught:
            await run(sandbox, "crash")
        assert caught.value.exit_code == -signal.SIGSEGV
        assert await template_of(sandbox) != template
        async with asyncio.timeout(30):
            while template.is_running():
                await asyncio.sleep(0.01)


async def test_a_template_that_is_killed_takes_its_processes_along_and_is_replaced() -> None:
    async with hostile() as sandbox:
        template = await template_of(sandbox)
        at_work = asyncio.create_task(run(sandbox, "spin"))
        async with asyncio.timeout(30):
            while not (forks := template.children()):
                await asyncio.sleep(0.01)
        template.kill()
        with pytest.raises(ProcessDied):
            await at_work
        gone, _ = await asyncio.to_thread(psutil.wait_procs, forks, 10)
        assert gone == forks
        assert (await run(sandbox, "read")).body == _CONTENT


_SERVICE = """
import asyncio
from tests.unit.mediakit.sandbox.test_sandbox import hostile, run

async def main():
    async with hostile(ready=2) as sandbox:
        await run(sandbox, "read")
        print("works", flush=True)
        await run(sandbox, "spin")

asyncio.run(main())
"""


async def test_nothing_outlives_a_service_that_is_killed() -> None:
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SERVICE, stdout=asyncio.subprocess.PIPE
    )
    assert service.stdout is not None
    assert await service.stdout.readline() == b"works\n"
    (template,) = psutil.Process(service.pid).children()
    processes = [template, *template.children()]
    assert len(processes) >= 2
    service.kill()
    await service.wait()
    gone, _ = await asyncio.to_thread(psutil.wait_procs, processes, 10)
    assert len(gone) == len(processes)
