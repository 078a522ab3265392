"""A comparison has the threads that compare gives it, and no more."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

_COUNTED = """
import os
import services.compare.differences
import numpy as np
square = np.ones((600, 600), np.float32)
square @ square
print(len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_linear_algebra_starts_no_threads_of_its_own() -> None:
    environment = {name: it for name, it in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    answer = subprocess.run(
        [sys.executable, "-c", _COUNTED],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(answer.stdout) == 1
