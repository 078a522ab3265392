"""Podman and buildah for the tests of pods: `python -m tests.containers` finds or installs them.

On a developer's machine nothing is installed; in CI they are, on Debian as root. The exit code says
whether the tests can run; why they cannot is said in one line.
"""

from __future__ import annotations

import os
import shutil
import sys

from deploy import debian

# Without iptables netavark, which does not ask for it, cannot join a pod to its network.
_PROGRAMS = ("podman", "buildah", "runc", "catatonit", "iptables")
_PACKAGES = (*_PROGRAMS, "debootstrap", "netavark", "aardvark-dns")


def missing() -> list[str]:
    """What is needed and not there."""
    if os.geteuid() != 0:
        return ["root"]
    # Debian keeps it where other programs look, not in PATH.
    return [name for name in _PROGRAMS if not (shutil.which(name) or _in_libexec(name))]


def main() -> int:
    if missing() and os.environ.get("CI"):
        debian.install(*_PACKAGES)
    if lacking := missing():
        print(f"sage: tests of pods are left out, for want of {', '.join(lacking)}")
        return 1
    return 0


def _in_libexec(name: str) -> bool:
    return any(os.access(f"{folder}/{name}", os.X_OK) for folder in ("/usr/sbin", "/usr/libexec"))


if __name__ == "__main__":
    sys.exit(main())
