"""Brings compare's database up to date: `python -m services.compare.migrate`.

A service that has SAGE_MIGRATE_ON_START does the same when it starts.
"""

from __future__ import annotations

from pathlib import Path

from services.compare.settings import CompareSettings
from services.servicekit import migration

MIGRATIONS = Path(__file__).parent / "migrations"


if __name__ == "__main__":
    settings = CompareSettings()
    migration.run("compare", settings, settings.database_url, MIGRATIONS)
