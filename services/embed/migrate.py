"""Brings embed's database up to date: `python -m services.embed.migrate`.

A service that has SAGE_MIGRATE_ON_START does the same when it starts.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from services.embed.artifacts.keys import WORKSPACES
from services.embed.settings import EmbedSettings
from services.servicekit import migration
from services.servicekit.first_start import refuse_old_objects
from services.servicekit.s3_client import create_s3_client
from services.servicekit.settings import StoreSettings

MIGRATIONS = Path(__file__).parent / "migrations"


def before_first_use(store: StoreSettings) -> Callable[[], Awaitable[None]] | None:
    """What refuses a new database beside objects of an earlier one; see `first_start`."""
    if store.start_empty:
        return None
    client = create_s3_client(store.s3_endpoint, store.s3_region)
    return refuse_old_objects(
        client,
        store.s3_bucket,
        root=WORKSPACES,
        folders=["embeddings/", "frame-tracks/"],
        of="embed",
    )


if __name__ == "__main__":
    settings = EmbedSettings()
    migration.run("embed", settings, settings.database_url, MIGRATIONS, before_first_use(settings))
