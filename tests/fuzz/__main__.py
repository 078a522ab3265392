"""Fuzzes a SAGE of its own: `python -m tests.fuzz [--calls 10000] [--seed 1]`.

Prints how the calls ended, and fails when one of them, or a service's log, told of a fault, or
when a process keeps files open that it had not before.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from tests.emulators.oidc_issuer import OidcIssuer
from tests.fixtures.clips import REEL, write
from tests.fixtures.stack import Stack, running_stack
from tests.fuzz.fuzzing import Fuzzer, Report, Target

_TEAM = "fuzz"
_MORE_FILES = 40
_SETTLE_SECONDS = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sage-fuzz-") as folder, _sage(Path(folder)) as started:
        stack, issuer = started
        target = Target(
            address=stack.address,
            token=lambda person: issuer.token(sub=person, team=_TEAM, exp=int(time.time()) + 3600),
        )
        _upload(Path(folder), target)
        before = _open_files(stack)
        began = time.monotonic()
        report = asyncio.run(Fuzzer(target, arguments.seed).run(arguments.calls))
        seconds = time.monotonic() - began
        time.sleep(_SETTLE_SECONDS)
        kept = {
            name: (before.get(name, 0), count)
            for name, count in _open_files(stack).items()
            if count > before.get(name, 0) + _MORE_FILES
        }
        faults = [
            *report.faults,
            *logged_faults(stack.home),
            *(f"keeps files: {kept}" if kept else ()),
        ]
    _print(report, arguments.calls, seconds)
    for fault in faults[:100]:
        print(fault)
    print(f"{len(faults)} faults")
    sys.exit(bool(faults))


@contextmanager
def _sage(folder: Path) -> Iterator[tuple[Stack, OidcIssuer]]:
    with (
        OidcIssuer().running() as issuer,
        running_stack(
            folder / "home",
            SAGE_OIDC_ISSUER=issuer.url,
            SAGE_OIDC_JWKS_URL=issuer.jwks_url,
            SAGE_OIDC_WORKSPACE_CLAIM="team",
            # Nobody listens there.
            SAGE_TWELVELABS_BASE_URL="http://127.0.0.1:9",
        ) as stack,
    ):
        yield stack, issuer


def _upload(folder: Path, target: Target) -> None:
    """Something to work with."""
    file = folder / "reel.mp4"
    write(file, REEL)
    answer = httpx.put(
        f"http://{target.address}/v1/files/reel.mp4",
        content=file.read_bytes(),
        headers={"authorization": f"Bearer {target.token('ada')}"},
        timeout=60,
    )
    answer.raise_for_status()


def logged_faults(home: Path) -> list[str]:
    """Lines of the services' logs that tell of something nobody foresaw."""
    return [
        f"{file.name}: {line[:600]}"
        for file in sorted((home / "logs").glob("*.log"))
        for line in file.read_text(errors="replace").splitlines()
        if '"call_failed"' in line or line.startswith("Traceback")
    ]


def _open_files(stack: Stack) -> dict[str, int]:
    children = psutil.Process(stack.process.pid).children(recursive=True)
    return {f"{child.pid} {child.name()}": child.num_fds() for child in children}


def _print(report: Report, calls: int, seconds: float) -> None:
    for outcome, count in sorted(report.outcomes.items()):
        print(f"{count:6}  {outcome}")
    print(f"{calls} calls in {seconds:.0f} s")


if __name__ == "__main__":
    main()
