"""What tests of every kind may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fixtures.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running SAGE for all tests that share it.

    A test module that uses it says `pytestmark = pytest.mark.xdist_group("stack")`, so that all of
    them run in one worker and one SAGE is enough.
    """
    with running_stack(tmp_path_factory.mktemp("sage")) as running:
        yield running
