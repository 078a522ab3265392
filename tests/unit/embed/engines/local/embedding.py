"""Embeds in the test's own process, as the worker process does."""

from __future__ import annotations

from typing import Any

from services.embed.artifacts.frame_track import track_frames
from services.embed.engines.local.parts import Gathering, LocalEmbedding
from services.embed.engines.local.pipeline import embed_video
from services.embed.ports import StoredTracks
from services.mediakit.container import Source


def embed(source: Source, **options: Any) -> LocalEmbedding:
    gathering = Gathering()
    defaults = {"on_progress": lambda fraction, seconds: None, "cancelled": lambda: False}
    return gathering.embedding(embed_video(source, give=gathering.add, **(defaults | options)))


def frame_tracks(source: Source) -> StoredTracks:
    frames: list[bytes] = []
    detail: list[bytes] = []
    heads = track_frames(
        source, lambda fraction, seconds: None, lambda: False, frames.append, detail.append
    )
    return StoredTracks(
        frames=b"".join([heads.frames, *frames]), detail=b"".join([heads.detail, *detail])
    )
