"""`sage`, or `python -m sage_cli`."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command. Ctrl-C ends it in silence even while its modules are still loading."""
    try:
        from sage_cli.app import sage  # noqa: PLC0415
    except KeyboardInterrupt:
        sys.exit(130)
    sage()


if __name__ == "__main__":
    main()
