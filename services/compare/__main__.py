"""Runs the compare service."""

from __future__ import annotations

from services.compare.service import build
from services.compare.settings import CompareSettings
from services.servicekit.revocation_list import RevocationList
from services.servicekit.server import run
from services.servicekit.settings import StoreSettings

if __name__ == "__main__":
    settings = CompareSettings()
    ended_sessions = RevocationList(StoreSettings()).read
    run("compare", settings.compare_port, settings, build(settings, ended_sessions))
