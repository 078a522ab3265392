"""Podman, with a configuration of the tests' own that works without systemd and newer cgroups."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_CONFIGURATION = """\
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=2048:2048"]
log_driver = "k8s-file"

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""


class Podman:
    """Runs podman over the images that `make images` built.

    folder: for its state that need not last.
    """

    def __init__(self, folder: Path) -> None:
        configuration = folder / "containers.conf"
        configuration.write_text(_CONFIGURATION)
        self._environment = {**os.environ, "CONTAINERS_CONF": str(configuration)}
        self._command = ["podman", "--log-level", "error"]
        if storage := os.environ.get("SAGE_CONTAINER_STORAGE"):
            self._environment["TMPDIR"] = f"{storage}/tmp"
            self._command += ["--root", f"{storage}/storage", "--runroot", f"{storage}/run"]
            self._command += ["--tmpdir", f"{storage}/podman"]

    def run(self, *arguments: str, timeout: float = 120.0) -> str:
        """What podman says. Raises AssertionError with its complaint."""
        answer = self.try_run(*arguments, timeout=timeout)
        assert answer.returncode == 0, f"podman {' '.join(arguments)}: {answer.stderr}"
        return answer.stdout.strip()

    def try_run(self, *arguments: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._command, *arguments],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def inspect(self, container: str) -> Mapping[str, Any]:
        (found,) = json.loads(self.run("inspect", "--type", "container", container))
        return dict(found)

    def logs(self, container: str) -> str:
        answer = self.try_run("logs", container)
        return answer.stdout + answer.stderr
