"""What tests of every kind may ask for, and how all of them run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog

from tests.fixtures.stack import Stack, running_stack

# The workers, and the services that they start, share the cores already: threads of the linear
# algebra would only wait for each other. Set before anything imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Outside of a service, structlog draws each traceback with the sources and variables of every
# frame, which takes longer than most tests.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running SAGE for all tests that share it.

    A test module that uses it says `pytestmark = pytest.mark.xdist_group("stack")`, so that all of
    them run in one worker and one SAGE is enough.
    """
    with running_stack(tmp_path_factory.mktemp("sage")) as running:
        yield running
