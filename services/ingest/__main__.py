"""Runs the ingest service."""

from __future__ import annotations

from services.ingest.service import IngestService
from services.ingest.settings import IngestSettings
from services.ingest.uploads.memory import return_large_blocks
from services.servicekit.server import run
from services.servicekit.settings import StoreSettings

if __name__ == "__main__":
    return_large_blocks()
    settings = IngestSettings()
    run("ingest", settings.ingest_port, settings, IngestService(settings, StoreSettings()).build)
