"""What each scope may call."""

from __future__ import annotations

import pytest

import sage.embed.v1.embed_pb2
import sage.embed.v1.session_pb2
import sage.ingest.v1.ingest_pb2  # noqa: F401  permissions look methods up in what is loaded
from services.servicekit.errors import SageError
from services.servicekit.identity import Identity, Scope
from services.servicekit.permissions import Permissions, only_reads

READ = "/sage.embed.v1.EmbedService/GetEmbedding"
WRITE = "/sage.embed.v1.EmbedService/DeleteEmbedding"
SESSION = "/sage.embed.v1.SessionService/LinkApiKey"
OWN = "/sage.embed.v1.SessionService/GetSession"
INTERNAL = "/sage.ingest.v1.VideoSourceService/GetVideoSource"
UNKNOWN = "/somebody.else.Service/Get"
ALLOWED = {
    Scope.USER: {READ, WRITE, SESSION, OWN, UNKNOWN},
    Scope.READ: {READ, OWN},
    Scope.WRITE: {READ, WRITE, OWN, UNKNOWN},
    Scope.SERVICE: {READ, WRITE, SESSION, OWN, UNKNOWN, INTERNAL},
}


@pytest.mark.parametrize("scope", ALLOWED)
def test_a_scope_is_good_for_its_methods_and_no_others(scope: Scope) -> None:
    permissions = Permissions(
        internal=["sage.ingest.v1.VideoSourceService"], by_session=["sage.embed.v1.SessionService"]
    )
    caller = Identity(workspace="w", session="s", scope=scope, token="t")
    allowed = set()
    for method in (READ, WRITE, SESSION, OWN, INTERNAL, UNKNOWN):
        reason = refusal_of(permissions, caller, method)
        if reason is None:
            allowed.add(method)
        else:
            assert reason == ("UNAUTHENTICATED" if method == INTERNAL else "SCOPE_INSUFFICIENT")
    assert allowed == ALLOWED[scope]


def refusal_of(permissions: Permissions, caller: Identity, method: str) -> str | None:
    try:
        permissions.check(caller, method)
    except SageError as refusal:
        return refusal.reason_name
    return None


def test_what_the_contract_does_not_know_is_taken_to_change_something() -> None:
    assert not only_reads(UNKNOWN)
