"""`python -m deploy.embedded`: starts SAGE on this machine. Settings are `SAGE_*` variables."""

from __future__ import annotations

import os
import sys

from deploy.embedded.run import Launcher


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(Launcher(environment=os.environ, say=_say).run())
