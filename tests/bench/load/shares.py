"""Part of a core for a process, by a control group, so that a small machine can be several.

Needs root and Linux. A process in a group gets what it may have even when others want the machine,
and never more.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_ROOT = Path("/sys/fs/cgroup")
_PERIOD = 100_000
# Before all that is in no group of its own; 1024 and 100 are what others have.
_SHARES = 10_240
_WEIGHT = 1_000


def can_share() -> bool:
    """Whether this machine lets us limit processes."""
    with suppress(OSError):
        group = _made()
        group.rmdir()
        return True
    return False


@contextmanager
def limited(pids: Sequence[int], cores: float) -> Iterator[None]:
    """Each process, and what it has started so far, has so much of a core for itself.

    Raises OSError where can_share() is False.
    """
    groups = []
    try:
        for pid in pids:
            group = _made()
            groups.append(group)
            _limit(group, cores)
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                (group / "cgroup.procs").write_text(str(each.pid))
        yield
    finally:
        for group in groups:
            for left in (group / "cgroup.procs").read_text().split():
                with suppress(OSError):  # ended meanwhile
                    (group.parent / "cgroup.procs").write_text(left)
            group.rmdir()


def _made() -> Path:
    first = _ROOT / "cpu"
    group = (first if first.is_dir() else _ROOT) / f"sage-bench-{os.getpid()}-{uuid.uuid4().hex}"
    group.mkdir()
    if not any((group / name).exists() for name in ("cpu.cfs_quota_us", "cpu.max")):
        group.rmdir()
        raise OSError("control groups cannot limit the CPU here")
    return group


def _limit(group: Path, cores: float) -> None:
    quota = int(cores * _PERIOD)
    if (group / "cpu.max").exists():
        (group / "cpu.max").write_text(f"{quota} {_PERIOD}")
        (group / "cpu.weight").write_text(str(_WEIGHT))
        return
    (group / "cpu.cfs_period_us").write_text(str(_PERIOD))
    (group / "cpu.cfs_quota_us").write_text(str(quota))
    (group / "cpu.shares").write_text(str(_SHARES))
