"""Processes that are started, watched, started again, and stopped in order."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from deploy.embedded.plan import ROOT, Process
from deploy.embedded.supervisor import Supervisor

# Says that it is there, and goes on until it is told to stop.
POLITE = (
    "import signal, sys; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM}); "
    "print('up', flush=True); signal.sigwait({signal.SIGTERM})"
)
STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); "
    "signal.sigwait({signal.SIGUSR1})"
)


def process(name: str, script: str, *, stop_order: int = 0) -> Process:
    return Process(
        name=name,
        command=(sys.executable, "-c", script),
        environment=dict(os.environ),
        stop_order=stop_order,
    )


def appends(file: Path, word: str, script: str = POLITE) -> str:
    """The script, which writes a word down after it was told to stop."""
    return f"{script}; open({str(file)!r}, 'a').write({word!r})"


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def has_said(folder: Path, name: str, word: str, times: int = 1) -> Callable[[], bool]:
    log = folder / f"{name}.log"
    return lambda: log.exists() and log.read_text().count(word) >= times


def quiet(_: str) -> None:
    """Nobody is at the terminal."""


async def test_processes_with_a_higher_order_outlive_the_others(tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    processes = [
        process("store", appends(ends, "store "), stop_order=1),
        process("service", appends(ends, "service ")),
    ]

    async with Supervisor(processes, tmp_path, say=quiet):
        await until(has_said(tmp_path, "store", "up"))
        await until(has_said(tmp_path, "service", "up"))

    assert ends.read_text() == "service store "


async def test_one_that_ends_while_sage_starts_shows_its_last_words(tmp_path: Path) -> None:
    processes = [process("fine", POLITE), process("broken", "raise SystemExit('no such file')")]

    async with Supervisor(processes, tmp_path, say=quiet) as supervisor:
        error = await supervisor.until_one_ends()

    assert "broken stopped while SAGE started (exit code 1)" in str(error)
    assert str(error).endswith("no such file")


async def test_one_that_ends_later_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    once = tmp_path / "once"
    script = (
        f"import pathlib, sys; once = pathlib.Path({str(once)!r})\n"
        "if not once.exists(): once.touch(); sys.exit(7)\n" + POLITE.replace("; ", "\n")
    )

    async with Supervisor([process("shaky", script)], tmp_path, say=said.append) as supervisor:
        running = asyncio.create_task(supervisor.keep_running())
        await until(has_said(tmp_path, "shaky", "up"))
        running.cancel()

    assert said == ["shaky stopped (exit code 7); starting it again."]


async def test_one_that_keeps_ending_is_given_up(tmp_path: Path) -> None:
    broken = process("broken", "raise SystemExit(3)")

    async with Supervisor([broken], tmp_path, say=quiet) as supervisor:
        error = await supervisor.keep_running()

    assert "broken keeps stopping (exit code 3)" in str(error)


async def test_one_that_does_not_listen_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.embedded.supervisor._GRACE_SECONDS", {0: 0.1})
    pids: list[int] = []

    async with Supervisor([process("stubborn", STUBBORN)], tmp_path, say=quiet) as supervisor:
        await until(has_said(tmp_path, "stubborn", "up"))
        pids = [child.pid for child in supervisor._children.values()]

    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


# Starts a worker of its own, which holds its output, and says both process ids.
MASTER = (
    "import subprocess, sys; "
    f"worker = subprocess.Popen([sys.executable, '-c', {STUBBORN!r}], stdout=subprocess.PIPE); "
    "worker.stdout.readline(); import os; print('pids', os.getpid(), worker.pid, flush=True); "
)


def pids_said(log: Path) -> list[int]:
    """The process ids that processes have said, in the order in which they came."""
    return [int(pid) for pid in re.findall(r"\d+", "".join(re.findall("pids .*", log.read_text())))]


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has fetched does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


async def test_a_process_that_leaves_its_workers_behind_is_started_again_without_them(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    log = tmp_path / "store.log"
    store = process("store", MASTER + POLITE)

    async with Supervisor([store], tmp_path, say=said.append) as supervisor:
        running = asyncio.create_task(supervisor.keep_running())
        await until(has_said(tmp_path, "store", "pids"))
        master, worker = pids_said(log)
        os.kill(master, signal.SIGKILL)
        await until(has_said(tmp_path, "store", "pids", times=2))
        running.cancel()

        await until(lambda: not runs(worker))
    assert said == ["store stopped (exit code -9); starting it again."]
    # All of them were killed; the kernel may need a moment for it.
    await until(lambda: not any(runs(pid) for pid in pids_said(log)))


LAUNCHER = """
import asyncio, sys
from pathlib import Path
from deploy.embedded.plan import ROOT, Process
from deploy.embedded.supervisor import Supervisor

async def main():
    plan = Process(name="store", command=(sys.executable, "-c", sys.argv[2]), environment={})
    async with Supervisor([plan], Path(sys.argv[1]), say=print) as supervisor:
        print(supervisor.guard.pid, flush=True)
        await supervisor.keep_running()

asyncio.run(main())
"""


@pytest.mark.slow("starts and kills processes")
@pytest.mark.parametrize("watchdog_dies_too", [False, True])
def test_nothing_outlives_a_launcher_that_is_killed(
    tmp_path: Path, watchdog_dies_too: bool
) -> None:
    log = tmp_path / "store.log"
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path), MASTER + STUBBORN],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    ) as launcher:
        try:
            assert launcher.stdout is not None
            first_watchdog = int(launcher.stdout.readline())
            asyncio.run(until(has_said(tmp_path, "store", "pids")))
            if watchdog_dies_too:
                os.kill(first_watchdog, signal.SIGKILL)
                known = {first_watchdog, *pids_said(log)}
                asyncio.run(until(lambda: bool(children_of(launcher.pid) - known)))
        finally:
            launcher.kill()
    asyncio.run(until(lambda: not any(map(runs, pids_said(log)))))


def children_of(pid: int) -> set[int]:
    return {child.pid for child in psutil.Process(pid).children()}


async def test_one_that_says_that_a_person_is_needed_is_not_started_again(tmp_path: Path) -> None:
    entry = '{"event": "cannot_start", "reason": "The file x is damaged.", "level": "critical"}'
    damaged = process("ingest", f"print({entry!r}); raise SystemExit(78)")

    async with Supervisor([damaged], tmp_path, say=quiet) as supervisor:
        assert str(await supervisor.until_one_ends()) == "The file x is damaged."
    async with Supervisor([damaged], tmp_path, say=quiet) as supervisor:
        assert str(await supervisor.keep_running()) == "The file x is damaged."
