"""Programs from Debian's packages, where installing them is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence


def install(*packages: str) -> bool:
    """Installs packages if this is Debian and we are root; whether they are there now."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    options = ["-y", "-qq", "--no-install-recommends"]
    return runs(["apt-get", "update", "-qq"]) and runs(["apt-get", "install", *options, *packages])


def runs(command: Sequence[str]) -> bool:
    """Runs a command that asks nothing and says nothing; whether it succeeded."""
    answer = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return answer.returncode == 0
