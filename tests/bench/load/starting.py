"""How long a service takes to serve, and to stop: what a pod's probes and grace period wait for."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.integration.embedding import backend
from tests.integration.processes import start_service

# Seconds within which each has to serve.
BOUNDS = {"ingest": 5.0, "compare": 5.0, "embed": 10.0}


@dataclass(frozen=True, kw_only=True)
class Start:
    """Of one service. serving, stopping: seconds. cpu: seconds of its own until it served."""

    service: str
    serving: float
    cpu: float
    stopping: float


def measure() -> Iterator[Start]:
    """Each service with everything that it needs there already."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sage-starts-")))
        it = stack.enter_context(backend(home))
        embed = stack.enter_context(it.embed())
        it.environment["SAGE_EMBED_ADDRESS"] = embed.address
        for service in BOUNDS:
            variable = f"SAGE_{service.upper()}_PORT"
            began = time.monotonic()
            with start_service(f"services.{service}", variable, it.environment) as process:
                serving = time.monotonic() - began
                times = psutil.Process(process.pid).cpu_times()
                began = time.monotonic()
                process.stop()
                stopping = time.monotonic() - began
            yield Start(
                service=service, serving=serving, cpu=times.user + times.system, stopping=stopping
            )
