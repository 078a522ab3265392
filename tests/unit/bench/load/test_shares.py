"""A process gets the part of a core that it may have."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from tests.bench.load.shares import can_share, limited

_SECONDS = 1.0


@pytest.mark.slow("measures for a second how much a process gets")
@pytest.mark.skipif(not can_share(), reason="needs root and control groups")
def test_a_process_gets_no_more_than_its_share() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            with limited([process.pid], 0.2):
                spent, began = used(process.pid), time.monotonic()
                time.sleep(_SECONDS)
                cores = (used(process.pid) - spent) / (time.monotonic() - began)
        finally:
            process.kill()

    # By the period of a tenth of a second.
    assert 0 < cores <= 0.2 + 0.1


def used(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
