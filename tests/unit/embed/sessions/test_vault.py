"""Secrets at rest: sealed, bound to their owner, and readable across a change of keys."""

from __future__ import annotations

import base64
import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from services.embed.sessions.master_keys import MasterKeyError, MasterKeys
from services.embed.sessions.vault import KeyedHash, Vault


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "master.key"
    file.write_text(base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    return file


def test_what_is_sealed_opens_again(file: Path) -> None:
    vault = Vault(file)
    sealed = vault.seal(b"tlk_secret", context="owner")
    assert b"tlk_secret" not in sealed.data
    assert vault.open(sealed, context="owner") == b"tlk_secret"


def test_the_same_secret_is_never_sealed_alike(file: Path) -> None:
    vault = Vault(file)
    assert vault.seal(b"x", context="o").data != vault.seal(b"x", context="o").data


def test_a_sealed_secret_opens_for_nobody_else(file: Path) -> None:
    vault = Vault(file)
    with pytest.raises(MasterKeyError):
        vault.open(vault.seal(b"x", context="owner"), context="thief")


def test_a_changed_byte_is_noticed(file: Path) -> None:
    vault = Vault(file)
    sealed = vault.seal(b"x", context="owner")
    changed = replace(sealed, data=sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))
    with pytest.raises(MasterKeyError):
        vault.open(changed, context="owner")


def test_keys_change_without_a_moment_of_darkness(file: Path) -> None:
    running = Vault(file)
    old = running.seal(b"x", context="o")
    MasterKeys.read(file).with_new_key().write(file)
    rotated = Vault(file)
    new = rotated.reseal(old, context="o")
    assert new.master_key != old.master_key
    # The service that was running all along finds the new key by itself.
    assert running.open(new, context="o") == b"x"
    MasterKeys.read(file).only_current().write(file)
    assert Vault(file).open(new, context="o") == b"x"
    with pytest.raises(MasterKeyError, match="does not hold"):
        Vault(file).open(old, context="o")


def test_the_file_is_for_its_owner_only(file: Path) -> None:
    MasterKeys.read(file).with_new_key().write(file)
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "content",
    [
        secrets.token_bytes(32),
        secrets.token_hex(32).encode(),
        secrets.token_hex(32).upper().encode(),
    ],
    ids=["raw", "hex", "upper case"],
)
def test_a_key_may_be_written_in_several_ways(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    assert len(MasterKeys.read(file).keys) == 1


def test_a_bad_file_is_told_without_its_content(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("half-a-secret\n")
    with pytest.raises(MasterKeyError) as caught:
        MasterKeys.read(file)
    assert "half-a-secret" not in str(caught.value)
    with pytest.raises(MasterKeyError, match="cannot be read"):
        MasterKeys.read(tmp_path / "missing")


def test_hashes_find_a_secret_and_tell_nothing_across_purposes() -> None:
    keyed = KeyedHash(KeyedHash.new_key())
    assert keyed.of("key", purpose="find") == keyed.of("key", purpose="find")
    assert keyed.of("key", purpose="find") != keyed.of("key", purpose="name")
    assert keyed.of("key", purpose="find") != KeyedHash(b"0" * 32).of("key", purpose="find")
