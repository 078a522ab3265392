"""Embeds in the test's own process, as the worker process does."""

from __future__ import annotations

from typing import Any

from services.embed.artifacts.frame_track import track_frames
from services.embed.engines.local.parts import Gathering, LocalEmbedding
from services.embed.engines.local.pipeline import embed_video
from services.mediakit.container import Source


def embed(source: Source, **options: Any) -> LocalEmbedding:
    gathering = Gathering()
    defaults = {"on_progress": lambda fraction, seconds: None, "cancelled": lambda: False}
    return gathering.embedding(embed_video(source, give=gathering.add, **(defaults | options)))


def frame_track(source: Source) -> bytes:
    """In its stored form."""
    chunks: list[bytes] = []
    head = track_frames(source, lambda fraction, seconds: None, lambda: False, chunks.append)
    return b"".join([head, *chunks])
