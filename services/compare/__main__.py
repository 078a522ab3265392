"""Runs the compare service."""

from __future__ import annotations

from services.compare.service import build
from services.compare.settings import CompareSettings
from services.servicekit.server import run

if __name__ == "__main__":
    settings = CompareSettings()
    run("compare", settings.compare_port, settings, build(settings))
