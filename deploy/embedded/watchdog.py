"""Ends what is left when the launcher dies: `python -m deploy.embedded.watchdog`.

Its arguments are the process groups that there are. The launcher holds the other end of its
standard input, and writes a line to it for each group that it starts later (`+123`) and that has
ended (`-123`). Input that ends means that the launcher is gone, however it went: the groups that
are left are told to end, and are killed soon after. Standard library only, so that it is small and
starts at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

# The services put their work back meanwhile; whoever starts SAGE again should not have to wait.
_GRACE_SECONDS = 2.0
_POLL_SECONDS = 0.05


def groups_left(groups: set[int], lines: Iterable[str]) -> set[int]:
    """What the lines leave of the groups, once there are no more of them."""
    left = set(groups)
    for line in lines:
        sign, number = line[:1], line[1:].strip()
        # A launcher that is killed may leave half a line.
        if number.isdigit() and line.endswith("\n"):
            if sign == "+":
                left.add(int(number))
            else:
                left.discard(int(number))
    return left


def end_groups(groups: Iterable[int], grace_seconds: float = _GRACE_SECONDS) -> None:
    """Asks the groups to end, and kills what is left of them when the grace is over."""
    left = {group for group in groups if _send(group, signal.SIGTERM)}
    deadline = time.monotonic() + grace_seconds
    while left and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        left = {group for group in left if _send(group, 0)}
    for group in left:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    """Whether there was anybody in the group to send the signal to."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


def main() -> None:
    # Whoever ends the launcher by a signal to many processes must not end this one.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    end_groups(groups_left({int(group) for group in sys.argv[1:]}, sys.stdin))


if __name__ == "__main__":
    main()
