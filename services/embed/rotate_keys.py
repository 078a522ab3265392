"""Changes the master key: `python -m services.embed.rotate_keys [--drop-old | --forget]`.

Adds a new key to the end of SAGE_MASTER_KEY_FILE and seals everything kept in the database under
it. Services may be running: they read the file again when they meet a key that they do not know.
Where the file is a read-only secret, add a line of 32 bytes in base64 to it yourself, let all
replicas see it, and run this with `--keep-file`. `--drop-old` removes older keys from the file
afterwards; do so once no replica is left that was started before the change.

`--forget` is for a master key that is lost, with the services stopped: it makes a new one and
forgets every API key. Who signs in with an API key gets an empty workspace then; what belonged to
the earlier one stays stored and can no longer be reached. The anonymous workspace is not touched.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from services.embed.adapters.session_store import SessionStore
from services.embed.migrate import MIGRATIONS
from services.embed.sessions.master_keys import MasterKeys
from services.embed.sessions.vault import Vault
from services.embed.settings import EmbedSettings
from services.servicekit.database import open_database
from services.servicekit.state import StateError


async def rotate(file: Path, database_url: str, *, add_key: bool, drop_old: bool) -> int:
    """Answers with how many secrets were sealed anew. Raises MasterKeyError."""
    if add_key:
        MasterKeys.read(file).with_new_key().write(file)
    async with open_database(database_url, MIGRATIONS) as engine:
        count = await SessionStore(engine).reseal_all(Vault(file))
    if drop_old:
        MasterKeys.read(file).only_current().write(file)
    return count


async def forget(file: Path, database_url: str) -> None:
    """Makes a new master key, and forgets what the others sealed."""
    async with open_database(database_url, MIGRATIONS) as engine:
        await SessionStore(engine).forget_sealed()
    MasterKeys.new().write(file)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep-file", action="store_true", help="use the last key that is there")
    parser.add_argument("--drop-old", action="store_true", help="forget the older keys afterwards")
    parser.add_argument("--forget", action="store_true", help="make do without a lost key")
    arguments = parser.parse_args()
    settings = EmbedSettings()
    if settings.master_key_file is None:
        sys.exit("SAGE_MASTER_KEY_FILE is not set, so there is no key to change.")
    try:
        if arguments.forget:
            asyncio.run(forget(settings.master_key_file, settings.database_url))
            sys.stdout.write("There is a new master key, and no API key is kept.\n")
            return
        count = asyncio.run(
            rotate(
                settings.master_key_file,
                settings.database_url,
                add_key=not arguments.keep_file,
                drop_old=arguments.drop_old,
            )
        )
    except StateError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{count} secrets are sealed under the new key.\n")


if __name__ == "__main__":
    main()
