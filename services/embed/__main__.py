"""Runs the embed service."""

from __future__ import annotations

from services.embed.service import build
from services.embed.settings import EmbedSettings
from services.servicekit.server import run

if __name__ == "__main__":
    settings = EmbedSettings()
    run("embed", settings.embed_port, settings, build(settings))
