"""A finished embedding, as the service knows it without its vectors."""

from __future__ import annotations

from dataclasses import dataclass

from services.embed.tasks.task_state import Micros, Modality


@dataclass(frozen=True, kw_only=True)
class TrackFacts:
    """What is known of the vectors of one modality."""

    modality: Modality
    segment_count: int
    dimension: int
    has_fine_samples: bool


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """The vectors of one video by one engine.

    segment_duration, duration: seconds. vectors_prefix, frame_track_key, detail_track_key: where
    the artifacts lie in the store; the tracks' are empty without one. etag: of the vectors' bytes.
    """

    id: str
    workspace: str
    video: str
    sha256: str
    engine: str
    model: str
    segment_duration: float
    duration: float
    tracks: tuple[TrackFacts, ...]
    vectors_prefix: str
    frame_track_key: str
    detail_track_key: str
    etag: str
    created_at: Micros

    @property
    def name(self) -> str:
        """The resource name, without the workspace, which the token tells."""
        return f"embeddings/{self.id}"
