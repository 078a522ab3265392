"""Makes the keys and passwords of the dev overlay: `python -m deploy.k8s.dev_keys [FOLDER]`.

They are made once, at random; what is there already stays. Git does not know the folder.
"""

from __future__ import annotations

import argparse
import base64
import secrets
from collections.abc import Mapping
from pathlib import Path

from services.servicekit.signing_keys import create_signing_key

# Who has a database of its own.
_KEEPING = ("ingest", "embed", "compare")
FOLDER = Path(__file__).parent / "overlays" / "dev" / "keys"


def make_keys(folder: Path) -> None:
    """Makes in `folder` what is missing; only its owner may read it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    signing_key, jwks = folder / "token-signing-key.pem", folder / "jwks.json"
    if not (signing_key.exists() and jwks.exists()):
        create_signing_key(signing_key, jwks)
    _write(folder / "master.key", base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
    # They belong together, so they are made together.
    if not (folder / "databases.env").exists():
        password = secrets.token_urlsafe(24)
        url = f"postgresql+asyncpg://sage:{password}@postgres/"
        _write(folder / "postgres.env", _lines({"password": password}))
        _write(folder / "databases.env", _lines({f"{it}-url": url + it for it in _KEEPING}))
    store = {"AWS_ACCESS_KEY_ID": "sage", "AWS_SECRET_ACCESS_KEY": secrets.token_urlsafe(24)}
    _write(folder / "store.env", _lines(store))


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _write(file: Path, text: str) -> None:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.dev_keys", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    make_keys(parser.parse_args().folder)


if __name__ == "__main__":
    main()
