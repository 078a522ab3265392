"""Lets the thread that computes a comparison fetch detail on the event loop."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Sequence
from concurrent.futures import Future

from sage.embed.v1.embed_pb2 import Embedding
from services.compare.detail.fetching import DetailSource
from services.compare.detail.track import DetailTrack
from services.compare.geometry import Span
from services.compare.memory import Charge
from services.compare.ports import Embeddings


def detail_source(
    embeddings: Embeddings, embedding: Embedding, charge: Charge
) -> DetailSource | None:
    """Fetches with the present call's identity and deadline; None when there is no detail track."""
    if not embedding.has_detail_track:
        return None
    loop, call = asyncio.get_running_loop(), contextvars.copy_context()

    def fetch(spans: Sequence[Span]) -> Future[DetailTrack]:
        coming = embeddings.detail_track(embedding, spans, charge)
        return call.run(asyncio.run_coroutine_threadsafe, coming, loop)

    return fetch
