"""The folder of everything that SAGE remembers."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from deploy.embedded.errors import StartError
from deploy.embedded.home import Home
from services.servicekit.state import StateError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "sage")


def test_one_run_at_a_time(home: Home) -> None:
    with home.locked(), pytest.raises(StartError, match=r"SAGE runs on .* already"), home.locked():
        pass


def test_a_run_leaves_the_folder_to_the_next_one(home: Home) -> None:
    with home.locked():
        pass
    with home.locked():
        pass


def test_two_folders_live_side_by_side(tmp_path: Path) -> None:
    with Home(tmp_path / "one").locked(), Home(tmp_path / "two").locked():
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StartError, match="SAGE_HOME"), Home(tmp_path / "file" / "sage").locked():
        pass


def test_secrets_are_made_once_and_are_for_their_owner_only(home: Home) -> None:
    with home.locked():
        home.ensure_master_key()
        home.ensure_signing_key()
        made = home.store_credentials(), home.master_key.read_text(), home.signing_key.read_text()
        home.ensure_master_key()
        home.ensure_signing_key()
        again = home.store_credentials(), home.master_key.read_text(), home.signing_key.read_text()

    assert made == again
    assert len(base64.b64decode(home.master_key.read_text())) == 32
    for secret in (home.master_key, home.signing_key, home.root / "keys" / "store.json"):
        assert secret.stat().st_mode & 0o077 == 0


def test_no_master_key_is_made_beside_what_another_one_encrypted(home: Home) -> None:
    with home.locked():
        home.database("embed").write_bytes(b"rows")
        with pytest.raises(StateError, match=f"{home.master_key} is missing.*Restore it"):
            home.ensure_master_key()
        assert not home.master_key.exists()


def test_damaged_keys_of_the_store_cost_nothing(home: Home) -> None:
    with home.locked():
        home.store_credentials()
        file = home.root / "keys" / "store.json"
        file.write_text("{")
        with pytest.raises(StateError, match=f"{file} are damaged. Remove the file"):
            home.store_credentials()
        file.unlink()
        assert home.store_credentials().access_key
