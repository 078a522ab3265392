"""What `python -m services.NAME.migrate` does, for each service alike."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from sqlalchemy import make_url

from services.servicekit.database import await_database, open_database
from services.servicekit.logs import configure_logging
from services.servicekit.settings import ServiceSettings
from services.servicekit.state import StateError

log = structlog.get_logger()

# A database that starts at the same time is soon there.
_PATIENCE_SECONDS = 60.0


def run(
    name: str,
    settings: ServiceSettings,
    url: str,
    migrations: Path,
    before_first_use: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Brings the database of the service `name` up to date, and ends the process otherwise."""
    configure_logging(f"{name}-migrate", settings.log_level, settings.log_format)
    try:
        asyncio.run(_migrate(url, migrations, before_first_use))
    except StateError as error:
        log.critical("cannot_migrate", reason=str(error))
        sys.exit(StateError.EXIT_CODE)
    log.info("schema_fits")


async def _migrate(
    url: str, migrations: Path, before_first_use: Callable[[], Awaitable[None]] | None
) -> None:
    if make_url(url).get_backend_name() != "sqlite":
        await await_database(url, patience=_PATIENCE_SECONDS)
    async with open_database(url, migrations, before_first_use=before_first_use):
        pass
