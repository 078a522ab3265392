from __future__ import annotations

import json
from pathlib import Path

import jwt
import pytest

from services.servicekit.errors import SageError
from services.servicekit.identity import Scope
from services.servicekit.sharing import Share
from services.servicekit.signing_keys import (
    create_signing_key,
    retire_old_keys,
    rotate_signing_key,
)
from services.servicekit.state import StateError
from services.servicekit.tokens import TokenIssuer, TokenVerifier


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    signing_key, jwks = (
        tmp_path / "keys" / "signing.pem",
        tmp_path / "keys" / "jwks.json",
    )
    create_signing_key(signing_key, jwks)
    return signing_key, jwks


def test_a_token_proves_the_identity_it_was_issued_for(keys: tuple[Path, Path]) -> None:
    signing_key, jwks = keys
    token = TokenIssuer(signing_key).issue(workspace="w", session="s", lifetime_seconds=60)
    identity = TokenVerifier(jwks).verify(token)
    assert (identity.workspace, identity.session, identity.scope) == (
        "w",
        "s",
        Scope.USER,
    )
    assert identity.token == token


def test_the_private_key_is_for_its_owner_only(keys: tuple[Path, Path]) -> None:
    assert keys[0].stat().st_mode & 0o777 == 0o600
    assert "d" not in json.loads(keys[1].read_text())["keys"][0]


def test_making_keys_again_keeps_the_private_key(keys: tuple[Path, Path]) -> None:
    before = keys[0].read_bytes()
    create_signing_key(*keys)
    assert keys[0].read_bytes() == before


def test_another_server_s_token_is_refused(keys: tuple[Path, Path], tmp_path: Path) -> None:
    create_signing_key(tmp_path / "other.pem", tmp_path / "other.json")
    token = TokenIssuer(tmp_path / "other.pem").issue(
        workspace="w", session="s", lifetime_seconds=60
    )
    with pytest.raises(SageError, match="not issued by this server"):
        TokenVerifier(keys[1]).verify(token)


def test_an_unsigned_token_is_refused(keys: tuple[Path, Path]) -> None:
    key_id = json.loads(keys[1].read_text())["keys"][0]["kid"]
    forged = jwt.encode(
        {
            "iss": "sage",
            "aud": "sage",
            "sub": "s",
            "workspace": "w",
            "exp": 2**40,
            "scope": "user",
        },
        key="",
        algorithm="none",
        headers={"kid": key_id},
    )
    with pytest.raises(SageError, match="not valid"):
        TokenVerifier(keys[1]).verify(forged)


def test_a_changed_claim_is_noticed(keys: tuple[Path, Path]) -> None:
    token = TokenIssuer(keys[0]).issue(workspace="w", session="s", lifetime_seconds=60)
    other = TokenIssuer(keys[0]).issue(workspace="v", session="s", lifetime_seconds=60)
    header, _, signature = token.split(".")
    mixed = ".".join((header, other.split(".")[1], signature))
    with pytest.raises(SageError, match="not valid"):
        TokenVerifier(keys[1]).verify(mixed)


def test_a_rotated_key_signs_and_is_known_without_a_restart(keys: tuple[Path, Path]) -> None:
    issuer, verifier = TokenIssuer(keys[0]), TokenVerifier(keys[1])
    before = issuer.issue(workspace="w", session="s", lifetime_seconds=60)
    rotate_signing_key(*keys, known_after=0)
    after = issuer.issue(workspace="w", session="s", lifetime_seconds=60)
    assert key_of(before) != key_of(after)
    # Who starts now, and who runs already; what make run does at every start changes nothing.
    create_signing_key(*keys)
    for each in (verifier, TokenVerifier(keys[1])):
        assert each.verify(before).workspace == each.verify(after).workspace == "w"
    retire_old_keys(*keys)
    assert verifier.verify(after).workspace == "w"
    with pytest.raises(SageError, match="not issued by this server"):
        verifier.verify(before)


def test_a_new_key_in_place_of_one_that_was_taken_away_ends_its_tokens(
    keys: tuple[Path, Path],
) -> None:
    verifier = TokenVerifier(keys[1])
    before = TokenIssuer(keys[0]).issue(workspace="w", session="s", lifetime_seconds=60)
    keys[0].unlink()
    create_signing_key(*keys)
    with pytest.raises(SageError, match="not issued by this server"):
        verifier.verify(before)


def key_of(token: str) -> object:
    return jwt.get_unverified_header(token)["kid"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"keys": []}', '{"keys": [{"kid": "x"}]}']
)
def test_damaged_public_keys_are_told_in_a_sentence_with_the_file(
    keys: tuple[Path, Path], content: str
) -> None:
    keys[1].write_text(content)
    with pytest.raises(StateError, match=rf"{keys[1]} .*(damaged|no key).* costs nothing"):
        TokenVerifier(keys[1])


def test_public_keys_that_are_damaged_later_still_hold(keys: tuple[Path, Path]) -> None:
    verifier = TokenVerifier(keys[1])
    token = TokenIssuer(keys[0]).issue(workspace="w", session="s", lifetime_seconds=60)
    keys[1].write_text("{")
    create_signing_key(keys[0].with_name("other.pem"), keys[0].with_name("other.json"))
    stranger = TokenIssuer(keys[0].with_name("other.pem"))
    with pytest.raises(SageError, match="not issued by this server"):
        verifier.verify(stranger.issue(workspace="w", session="s", lifetime_seconds=60))
    assert verifier.verify(token).workspace == "w"


@pytest.mark.parametrize("content", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n", "noise"])
def test_a_damaged_signing_key_is_told_in_a_sentence_with_the_file(
    keys: tuple[Path, Path], content: str
) -> None:
    keys[0].write_text(content)
    with pytest.raises(StateError, match=rf"{keys[0]} .*damaged.* ends all sessions"):
        TokenIssuer(keys[0])
    with pytest.raises(StateError):
        create_signing_key(*keys)
    assert keys[0].read_text() == content


def test_a_token_of_a_link_says_what_was_shared(keys: tuple[Path, Path]) -> None:
    share = Share(comparison="comparisons/c", videos=frozenset({"videos/a", "videos/b"}))
    issuer, verifier = TokenIssuer(keys[0]), TokenVerifier(keys[1])
    token = issuer.issue(
        workspace="w", session="s", lifetime_seconds=60, scope=Scope.SHARE, share=share
    )
    identity = verifier.verify(token)
    assert (identity.scope, identity.share) == (Scope.SHARE, share)


def test_a_token_of_a_link_without_a_share_opens_nothing(keys: tuple[Path, Path]) -> None:
    token = TokenIssuer(keys[0]).issue(
        workspace="w", session="s", lifetime_seconds=60, scope=Scope.SHARE
    )
    with pytest.raises(SageError, match="not valid"):
        TokenVerifier(keys[1]).verify(token)
