"""The programs that build images: buildah, podman or docker, whichever is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy import debian
from deploy.images.errors import ImageError

CONTAINERFILE = "deploy/images/Containerfile"
# Where images and containers are kept apart from the machine's own; the machine's own when unset.
STORAGE_VARIABLE = "SAGE_CONTAINER_STORAGE"
_NAMES = ("buildah", "podman", "docker")
# The last lines of a build say what went wrong.
_TOLD_LINES = 15


@dataclass(frozen=True, kw_only=True)
class Builder:
    """A program that builds images.

    program: `buildah`, `podman` or `docker`.
    storage: a folder for images instead of the machine's own; not for docker.
    """

    program: str
    storage: Path | None = None

    @property
    def command(self) -> tuple[str, ...]:
        """The program, and where it keeps images."""
        if self.storage is None or self.program == "docker":
            return (self.program,)
        return (
            *(self.program, "--root", str(self.storage / "storage")),
            *("--runroot", str(self.storage / "run")),
        )

    def build_command(
        self,
        target: str,
        tag: str,
        *,
        arguments: Mapping[str, str],
        labels: Mapping[str, str],
        context: Path,
    ) -> list[str]:
        """Builds one target of the Containerfile.

        arguments: build arguments by name.
        """
        command = [*self.command, "build", "--file", str(context / CONTAINERFILE)]
        command += ["--target", target, "--tag", tag]
        if self.program != "docker":
            # Needs no runtime, no privileges of its own, and asks no registry for what is here.
            command += ["--isolation", "chroot", "--layers", "--pull-never"]
        for name, value in arguments.items():
            command += ["--build-arg", f"{name}={value}"]
        for name, value in labels.items():
            command += ["--label", f"{name}={value}"]
        return [*command, str(context)]

    def build(self, command: Sequence[str], log: Path) -> None:
        """Runs a build, at low priority, with what it says in `log`.

        Raises ImageError with its last words when it fails.
        """
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            answer = subprocess.run(
                ["nice", *command],  # noqa: S607
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if answer.returncode != 0:
            last = log.read_text(errors="replace").splitlines()[-_TOLD_LINES:]
            raise ImageError("\n".join([*last, f"a build failed; all of it is in {log}"]))

    def run(self, *arguments: str) -> str:
        """Runs the program and answers with what it says. Raises ImageError when it fails."""
        answer = self._try(*arguments)
        if answer.returncode != 0:
            raise ImageError(f"{self.program} {' '.join(arguments)}: {answer.stderr.strip()}")
        return answer.stdout.strip()

    def succeeds(self, *arguments: str) -> bool:
        """Whether the program ends with 0; what it prints is not shown."""
        return self._try(*arguments).returncode == 0

    def label(self, tag: str, name: str) -> str:
        """A label of an image; empty when it has none, or when there is no such image."""
        answer = self._try("inspect", "--type", "image", tag)
        if answer.returncode != 0:
            return ""
        return str(image_labels(json.loads(answer.stdout)).get(name, ""))

    def environment(self) -> dict[str, str]:
        """Large temporary files lie beside the storage."""
        if self.storage is None:
            return dict(os.environ)
        return {**os.environ, "TMPDIR": str(self.storage / "tmp")}

    def _try(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


def image_labels(inspected: Any) -> Mapping[str, str]:
    """The labels in what `inspect` says of an image, in buildah's words or in docker's."""
    entry = inspected[0] if isinstance(inspected, list) else inspected
    config = entry.get("OCIv1", entry).get("config") or entry.get("Config") or {}
    return config.get("Labels") or entry.get("Labels") or {}


def find_builder() -> Builder:
    """The first that is there and works; on Debian, as root, buildah is installed.

    Raises ImageError when there is none.
    """
    storage = os.environ.get(STORAGE_VARIABLE)
    for name in _NAMES:
        if shutil.which(name):
            builder = Builder(program=name, storage=Path(storage) if storage else None)
            if name != "docker" or builder.succeeds("info"):
                return _prepared(builder)
    if debian.install("buildah", "runc"):
        return _prepared(Builder(program="buildah", storage=Path(storage) if storage else None))
    raise ImageError(
        "building images needs buildah, podman, or docker with a running engine, and none was "
        "found; on Debian: apt-get install buildah"
    )


def _prepared(builder: Builder) -> Builder:
    if builder.storage is not None:
        (builder.storage / "tmp").mkdir(parents=True, exist_ok=True)
    return builder
