"""Sessions and keys on a real database file, across a change of the master key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.adapters.session_store import SessionStore
from services.embed.rotate_keys import forget, rotate
from services.embed.sessions.master_keys import MasterKeyError, MasterKeys
from services.embed.sessions.sessions import KeyKeeping, Sessions
from services.embed.sessions.vault import KeyedHash, Vault
from services.embed.tasks.task_state import SECOND
from services.servicekit.errors import SageError
from services.servicekit.identity import Identity, Scope
from services.servicekit.signing_keys import create_signing_key
from services.servicekit.tokens import TokenIssuer, TokenVerifier
from tests.fixtures.databases import database_of

API_KEY = "tlk_0123456789"
OTHER_KEY = "tlk_9876543210"


class Home:
    """The files of one server, and sessions as a freshly started replica opens them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}/embed.sqlite"
        self.master = path / "master.key"
        self.master.write_bytes(b"k" * 32)
        create_signing_key(path / "signing.pem", path / "jwks.json")
        self.verifier = TokenVerifier(path / "jwks.json")

    async def sessions(self, rows: SessionStore, anonymous: str | None = None) -> Sessions:
        vault = Vault(self.master)
        return Sessions(
            rows,
            TokenIssuer(self.path / "signing.pem"),
            keeping=KeyKeeping(
                check=good,
                vault=vault,
                keyed_hash=KeyedHash(await rows.hash_key(vault)),
            ),
            anonymous_workspace=anonymous,
            lifetime=60.0,
        )


async def good(api_key: str) -> None:
    if api_key not in (API_KEY, OTHER_KEY):
        raise SageError(ErrorReason.ERROR_REASON_API_KEY_INVALID, "No.")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
async def rows(home: Home) -> AsyncIterator[SessionStore]:
    async with database_of("embed", home.path) as engine:
        yield SessionStore(engine)


async def test_a_key_leads_to_its_workspace_on_every_replica(
    home: Home, rows: SessionStore
) -> None:
    first, token = await (await home.sessions(rows)).open(API_KEY, 1)
    other = await home.sessions(rows)
    second, _ = await other.open(API_KEY, 2)
    assert first.workspace == second.workspace
    assert first.id != second.id
    assert await other.api_key(first.workspace) == API_KEY
    identity = home.verifier.verify(token)
    assert (identity.workspace, identity.session) == (first.workspace, first.id)


async def test_a_bad_key_opens_nothing(home: Home, rows: SessionStore) -> None:
    with pytest.raises(SageError) as caught:
        await (await home.sessions(rows)).open("tlk_bad", 1)
    assert caught.value.reason == ErrorReason.ERROR_REASON_API_KEY_INVALID


async def test_nobody_is_anonymous_unless_allowed(home: Home, rows: SessionStore) -> None:
    with pytest.raises(SageError) as caught:
        await (await home.sessions(rows)).open("", 1)
    assert caught.value.reason == ErrorReason.ERROR_REASON_ANONYMOUS_NOT_ALLOWED
    session, _ = await (await home.sessions(rows, "local")).open("", 1)
    assert session.workspace == "local"


async def test_an_ended_session_is_refused(home: Home, rows: SessionStore) -> None:
    sessions = await home.sessions(rows, "local")
    session, token = await sessions.open("", 1)
    identity = home.verifier.verify(token)
    await sessions.require(identity)
    await sessions.end(session, 2)
    with pytest.raises(SageError) as caught:
        await sessions.require(identity)
    assert caught.value.reason == ErrorReason.ERROR_REASON_UNAUTHENTICATED


async def test_an_ended_session_is_told_of_until_its_token_has_expired(
    home: Home, rows: SessionStore
) -> None:
    sessions = await home.sessions(rows, "local")
    mine, _ = await sessions.open(API_KEY, SECOND)
    linked, _ = await sessions.open(OTHER_KEY, SECOND)
    kept, _ = await sessions.open("", SECOND)
    assert await rows.ended(SECOND) == []
    await sessions.end(mine, 2 * SECOND)
    await sessions.end_all_with_key(linked.workspace, 2 * SECOND)
    assert set(await rows.ended(3 * SECOND)) == {mine.id, linked.id}
    assert await rows.find(kept.workspace, kept.id) is not None
    # The lifetime, and a minute for clocks that differ.
    assert await rows.ended(122 * SECOND) == []


async def test_a_session_of_another_workspace_does_not_exist(
    home: Home, rows: SessionStore
) -> None:
    sessions = await home.sessions(rows, "local")
    session, _ = await sessions.open("", 1)
    stranger = Identity(workspace="other", session="s", scope=Scope.USER, token="")
    with pytest.raises(SageError) as caught:
        await sessions.get(stranger, session.id)
    assert caught.value.reason == ErrorReason.ERROR_REASON_NOT_FOUND


async def test_a_forgotten_key_leaves_nothing_but_the_way_back(
    home: Home, rows: SessionStore
) -> None:
    sessions = await home.sessions(rows)
    session, _ = await sessions.open(API_KEY, 1)
    await sessions.forget_keys(session.workspace, links=False)
    assert await sessions.api_key(session.workspace) is None
    again, _ = await sessions.open(API_KEY, 2)
    assert again.workspace == session.workspace


async def test_the_master_key_can_be_changed_under_a_running_server(
    home: Home, rows: SessionStore
) -> None:
    running = await home.sessions(rows)
    session, _ = await running.open(API_KEY, 1)
    old = MasterKeys.read(home.master)
    # The API key, and the key of keyed hashes.
    assert await rotate(home.master, home.url, add_key=True, drop_old=True) == 2
    assert old.current not in MasterKeys.read(home.master).keys
    assert await running.api_key(session.workspace) == API_KEY
    fresh = await home.sessions(rows)
    assert (await fresh.open(API_KEY, 2))[0].workspace == session.workspace
    old.write(home.master)
    with pytest.raises(MasterKeyError):
        await home.sessions(rows)


async def test_a_lost_master_key_costs_api_keys_and_not_the_service(
    home: Home, rows: SessionStore
) -> None:
    before, _ = await (await home.sessions(rows, "local")).open(API_KEY, 1)
    home.master.write_bytes(b"l" * 32)
    with pytest.raises(MasterKeyError, match="Restore the file from a backup"):
        await home.sessions(rows, "local")

    await forget(home.master, home.url)

    sessions = await home.sessions(rows, "local")
    assert await sessions.api_key(before.workspace) is None
    assert (await sessions.open(API_KEY, 2))[0].workspace != before.workspace
    assert (await sessions.open("", 3))[0].workspace == "local"


async def empty(workspace: str) -> bool:
    return False


async def full(workspace: str) -> bool:
    return True


async def test_an_owner_links_a_second_key(home: Home, rows: SessionStore) -> None:
    sessions = await home.sessions(rows)
    mine, _ = await sessions.open(API_KEY, 1)
    elsewhere, _ = await sessions.open(OTHER_KEY, 2)
    assert elsewhere.workspace != mine.workspace
    await sessions.link(mine, OTHER_KEY, empty, 3)
    assert await rows.find(elsewhere.workspace, elsewhere.id) is None
    assert (await sessions.open(OTHER_KEY, 4))[0].workspace == mine.workspace
    assert (await sessions.open(API_KEY, 5))[0].workspace == mine.workspace
    assert await sessions.api_key(mine.workspace) == OTHER_KEY
    assert await sessions.api_key(elsewhere.workspace) is None
    # Once more changes nothing, whatever the workspace holds.
    await sessions.link(mine, OTHER_KEY, full, 6)


async def test_a_link_outlives_its_key_until_the_data_goes_too(
    home: Home, rows: SessionStore
) -> None:
    sessions = await home.sessions(rows)
    mine, _ = await sessions.open(API_KEY, 1)
    await sessions.link(mine, OTHER_KEY, empty, 2)
    await sessions.forget_keys(mine.workspace, links=False)
    assert await sessions.api_key(mine.workspace) is None
    assert (await sessions.open(OTHER_KEY, 3))[0].workspace == mine.workspace
    await sessions.forget_keys(mine.workspace, links=True)
    assert (await sessions.open(OTHER_KEY, 4))[0].workspace != mine.workspace


async def test_a_key_stays_with_the_workspace_that_holds_its_data(
    home: Home, rows: SessionStore
) -> None:
    sessions = await home.sessions(rows)
    mine, _ = await sessions.open(API_KEY, 1)
    with pytest.raises(SageError) as caught:
        await sessions.link(mine, OTHER_KEY, full, 2)
    assert caught.value.reason == ErrorReason.ERROR_REASON_API_KEY_ALREADY_LINKED
    assert (await sessions.open(OTHER_KEY, 3))[0].workspace != mine.workspace


async def test_a_bad_key_cannot_be_linked(home: Home, rows: SessionStore) -> None:
    sessions = await home.sessions(rows)
    mine, _ = await sessions.open(API_KEY, 1)
    with pytest.raises(SageError) as caught:
        await sessions.link(mine, "tlk_bad", empty, 2)
    assert caught.value.reason == ErrorReason.ERROR_REASON_API_KEY_INVALID


async def test_nobody_links_a_key_to_the_workspace_of_everybody(
    home: Home, rows: SessionStore
) -> None:
    sessions = await home.sessions(rows, "local")
    anonymous, _ = await sessions.open("", 1)
    with pytest.raises(SageError) as caught:
        await sessions.link(anonymous, API_KEY, empty, 2)
    assert caught.value.reason == ErrorReason.ERROR_REASON_WORKSPACE_SHARED
