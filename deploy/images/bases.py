"""The images that all others are built on: from a registry, or made of Debian's packages.

Where no registry is reached, two bases are made on a Debian machine by debootstrap. The one that
runs has Python and certificates, and nothing else. The one that builds has pip and Node besides,
and trusts the certificate authorities that this machine has of its own; they do not get into what
runs.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy import debian
from deploy.images.builders import Builder
from deploy.images.errors import ImageError

REGISTRY_PYTHON = "docker.io/library/python:3.11-slim"
REGISTRY_NODE = "docker.io/library/node:22-slim"
DEBIAN_RUNTIME = "localhost/sage-base-runtime:bookworm"
DEBIAN_BUILD = "localhost/sage-base-build:bookworm"
# Python 3.11 is Debian 12's.
_SUITE = "bookworm"
_RUNTIME_PACKAGES = ("python3", "ca-certificates", "tzdata")
_BUILD_PACKAGES = ("python3-venv", "python3-pip")
_NODE_VERSION = "22"
_NPM_PACKAGE = "npm@10"
_NODE_ARCHITECTURES = {"x86_64": "x64", "aarch64": "arm64"}
_AUTHORITIES = Path("/usr/local/share/ca-certificates")
_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
# By which programs are told which certificates to believe.
_TRUST = ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_CHOICES = {
    "PYTHON_IMAGE": "SAGE_PYTHON_IMAGE",
    "BUILD_IMAGE": "SAGE_BUILD_IMAGE",
    "NODE_IMAGE": "SAGE_NODE_IMAGE",
}


@dataclass(frozen=True, kw_only=True)
class Bases:
    """Names of the base images: what runs, what builds, and what builds the page."""

    runtime: str
    build: str
    node: str

    @property
    def arguments(self) -> Mapping[str, str]:
        """As build arguments of the Containerfile."""
        return {
            "PYTHON_IMAGE": self.runtime,
            "BUILD_IMAGE": self.build,
            "NODE_IMAGE": self.node,
        }


FROM_REGISTRY = Bases(runtime=REGISTRY_PYTHON, build=REGISTRY_PYTHON, node=REGISTRY_NODE)
FROM_DEBIAN = Bases(runtime=DEBIAN_RUNTIME, build=DEBIAN_BUILD, node=DEBIAN_BUILD)


def chosen(environment: Mapping[str, str]) -> Bases | None:
    """The bases that `SAGE_PYTHON_IMAGE`, `SAGE_BUILD_IMAGE` and `SAGE_NODE_IMAGE` name.

    Without the first, none is chosen; what builds is, when unset, what runs.
    """
    python = environment.get(_CHOICES["PYTHON_IMAGE"])
    if not python:
        return None
    return Bases(
        runtime=python,
        build=environment.get(_CHOICES["BUILD_IMAGE"]) or python,
        node=environment.get(_CHOICES["NODE_IMAGE"]) or REGISTRY_NODE,
    )


def find_bases(builder: Builder, log: Path) -> Bases:
    """The bases to build on: chosen ones, those made here before, a registry's, or new ones.

    Raises ImageError when there are none and none can be made.
    """
    if (named := chosen(os.environ)) is not None:
        return named
    if builder.program == "docker":
        return FROM_REGISTRY
    if _present(builder, FROM_DEBIAN):
        return FROM_DEBIAN
    if all(builder.succeeds("pull", image) for image in (REGISTRY_PYTHON, REGISTRY_NODE)):
        return FROM_REGISTRY
    _make(builder, log)
    return FROM_DEBIAN


def _present(builder: Builder, bases: Bases) -> bool:
    return all(
        builder.succeeds("inspect", "--type", "image", name)
        for name in {bases.runtime, bases.build, bases.node}
    )


def _make(builder: Builder, log: Path) -> None:
    """Makes both bases of Debian's packages."""
    if builder.program != "buildah" or os.geteuid() != 0:
        raise ImageError(
            "no registry with python:3.11-slim is reached. Name base images in SAGE_PYTHON_IMAGE, "
            "SAGE_BUILD_IMAGE and SAGE_NODE_IMAGE; as root on Debian, with buildah, they are made "
            "of its packages"
        )
    if not shutil.which("debootstrap") and not debian.install("debootstrap"):
        raise ImageError("no registry is reached, and debootstrap is missing: install it")
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("wb") as output,
        tempfile.TemporaryDirectory(dir=builder.environment().get("TMPDIR")) as folder,
    ):
        root = Path(folder) / "root"

        def step(*command: str) -> None:
            answer = subprocess.run(
                ["nice", *command],  # noqa: S607
                env=builder.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
            if answer.returncode != 0:
                raise ImageError(f"{command[0]} failed; what it said is in {log}")

        include = f"--include={','.join(_RUNTIME_PACKAGES)}"
        step("debootstrap", "--variant=minbase", include, _SUITE, str(root))
        _slim(root)
        runtime = builder.run("from", "scratch")
        step(*builder.command, "copy", "--quiet", runtime, str(root), "/")
        step(*builder.command, "config", "--cmd", "python3", runtime)
        step(*builder.command, "commit", "--quiet", runtime, DEBIAN_RUNTIME)

        build = runtime
        if any(_AUTHORITIES.glob("*.crt")):
            step(*builder.command, "copy", "--quiet", build, str(_AUTHORITIES), str(_AUTHORITIES))
        step("npm", "pack", "--pack-destination", folder, _node_package(), _NPM_PACKAGE)
        node = _unpack_node(Path(folder), step)
        step(*builder.command, "copy", "--quiet", build, str(node), "/usr/local")
        step(*builder.command, "run", "--isolation", "chroot", build, "sh", "-c", _BUILD_SCRIPT)
        for variable in _TRUST:
            step(*builder.command, "config", "--env", f"{variable}={_BUNDLE}", build)
        step(*builder.command, "config", "--env", "UV_NATIVE_TLS=true", build)
        step(*builder.command, "commit", "--quiet", "--rm", build, DEBIAN_BUILD)


_BUILD_SCRIPT = f"""set -e
update-ca-certificates
apt-get update
export DEBIAN_FRONTEND=noninteractive
apt-get install -y --no-install-recommends {" ".join(_BUILD_PACKAGES)}
rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
"""


def _slim(root: Path) -> None:
    """Takes away what packages brought for people, except licences, and what was downloaded."""
    for folder in ("usr/share/man", "usr/share/info", "usr/share/locale"):
        shutil.rmtree(root / folder, ignore_errors=True)
    for each in (root / "usr/share/doc").rglob("*"):
        if each.is_file() and not each.is_symlink() and each.name != "copyright":
            each.unlink()
    for pattern in ("var/cache/apt/*.bin", "var/cache/apt/archives/*.deb", "var/lib/apt/lists/*_*"):
        for each in root.glob(pattern):
            each.unlink()
    (root / "usr/bin/python").symlink_to("python3")


def _node_package() -> str:
    """Node itself as an npm package, for this machine."""
    machine = platform.machine()
    if machine not in _NODE_ARCHITECTURES:
        raise ImageError(f"npm has no Node for {machine}; name an image of it in SAGE_NODE_IMAGE")
    return f"node-linux-{_NODE_ARCHITECTURES[machine]}@{_NODE_VERSION}"


def _unpack_node(folder: Path, step: Callable[..., None]) -> Path:
    """A tree for /usr/local out of the two packages in `folder`.

    step: runs a program, given by its words.
    """
    tree = folder / "node"
    modules = tree / "lib" / "node_modules"
    for archive, place in (("node-linux-*.tgz", tree), ("npm-*.tgz", modules / "npm")):
        (packed,) = folder.glob(archive)
        (folder / "unpacked").mkdir()
        # Not `tarfile`: before Python 3.11.4 it writes wherever an archive says.
        step("tar", "-xzf", str(packed), "-C", str(folder / "unpacked"))
        shutil.copytree(folder / "unpacked" / "package", place, dirs_exist_ok=True)
        shutil.rmtree(folder / "unpacked")
    for name in ("npm", "npx"):
        (tree / "bin" / name).symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")
    return tree
