"""Distances and alignment of embedded videos.

Comparisons run side by side on threads of their own (`SAGE_COMPARE_WORKERS`). Threads of the linear
algebra beside them would wait for each other by spinning: where cores are scarce, or a container's
share of them is, that took three times the CPU for the same answer (`make bench-load`). It reads
this when numpy is first imported, which is why it stands here; who sets it decides.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
