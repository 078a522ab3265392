"""What tests of every kind may ask for, and how all of them run."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from tests.emulators.oidc_issuer import OidcIssuer
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
# A loaded machine takes its time, which says nothing about the code; and what holds for so many
# examples at every run of every machine holds.
settings.register_profile("sage", deadline=None, max_examples=50)
settings.load_profile("sage")


# Modules and collected tests stay to the end. To look through them for garbage while they come
# and at each full collection, took 7 % of the time of the unit tests.
gc.disable()


def pytest_collection_finish() -> None:
    """What is there now is looked through no more; what tests make is."""
    gc.freeze()
    gc.enable()


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: many tests wait for a service to start or to end."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def issuer() -> Iterator[OidcIssuer]:
    """The OpenID Connect issuer that `stack` trusts; its claim `team` leads to a workspace."""
    with OidcIssuer().running() as issuer:
        yield issuer


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, issuer: OidcIssuer) -> Iterator[Stack]:
    """One running SAGE for all tests that share it.

    A test module that uses it says `pytestmark = pytest.mark.xdist_group("stack")`, so that all of
    them run in one worker and one SAGE is enough.
    """
    trusted = {
        "SAGE_OIDC_ISSUER": issuer.url,
        "SAGE_OIDC_JWKS_URL": issuer.jwks_url,
        "SAGE_OIDC_WORKSPACE_CLAIM": "team",
    }
    with running_stack(tmp_path_factory.mktemp("sage"), **trusted) as running:
        yield running
