"""PostgreSQL for tests: `python -m tests.postgresql` makes sure in CI that it is there.

On a developer's machine nothing is installed: tests that need a server skip with a clear line.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from deploy import debian

_BINARIES = Path("/usr/lib/postgresql")


def find_binaries() -> Path | None:
    """The folder with the newest `initdb` and `postgres`."""
    versions = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def main() -> int:
    if find_binaries() or not os.environ.get("CI"):
        return 0
    if debian.install("postgresql") and find_binaries():
        return 0
    print("sage: PostgreSQL could be neither found nor installed", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
