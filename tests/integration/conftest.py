"""The test videos, and the running SAGE with any workspace that a test likes."""

from __future__ import annotations

import pytest

from tests.emulators.oidc_issuer import OidcIssuer
from tests.fixtures.media import clip_library, reel
from tests.fixtures.owners import Owners
from tests.fixtures.stack import Stack
from tests.integration.door import door
from tests.integration.gateway_clients import channel, playback_url, signed_in, video, web

__all__ = [
    "channel",
    "clip_library",
    "door",
    "playback_url",
    "reel",
    "signed_in",
    "video",
    "web",
]


@pytest.fixture(scope="session")
def owners(stack: Stack, issuer: OidcIssuer) -> Owners:
    return Owners(stack=stack, issuer=issuer)
