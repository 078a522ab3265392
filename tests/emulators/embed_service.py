"""An embed service that speaks real gRPC and answers with the embeddings it was given.

    service = EmulatedEmbedService()
    service.add(embedding("embeddings/a", video="videos/a"), tracks={VISUAL: track}, frames=None)
    async with service.running() as address:
        ...

It checks no tokens, but remembers those that came (`tokens`) and how often each method was called
(`calls`).
"""

from __future__ import annotations

import asyncio
import enum
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import numpy as np
from google.protobuf.duration_pb2 import Duration
from google.protobuf.empty_pb2 import Empty
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer

from sage.embed.v1 import embed_pb2, embed_pb2_grpc, session_pb2, session_pb2_grpc
from sage.embed.v1.embed_pb2 import Embedding, Modality
from services.compare.timeline import FrameTrack, SegmentTrack
from services.embed.artifacts.detail_track import QUANTUM, detail_chunks
from services.servicekit.errors import not_found, to_status

SERVICE = "sage.embed.v1.EmbedService"
Tracks = Mapping[Modality.ValueType, SegmentTrack]


def segment_track(vectors: Sequence[Sequence[float]], seconds: float = 2.0) -> SegmentTrack:
    """Vectors of segments that follow one another, `seconds` each."""
    starts = np.arange(len(vectors), dtype=np.float64) * seconds
    return SegmentTrack(
        vectors=np.array(vectors, np.float32), starts=starts, ends=starts + np.float64(seconds)
    )


def embedding(
    name: str,
    *,
    video: str,
    engine: str = "local",
    model: str = "local-1",
    seconds: float = 2.0,
    sha256: str = "",
) -> Embedding:
    duration = Duration()
    duration.FromMilliseconds(round(seconds * 1000))
    return Embedding(
        name=name,
        video=video,
        video_sha256=sha256,
        engine=engine,
        model=model,
        segment_duration=duration,
        etag=f"etag-of-{name}",
    )


class Trouble(enum.Enum):
    """How a stream goes wrong in the middle."""

    STALLS = "STALLS"
    BREAKS = "BREAKS"
    ENDS_EARLY = "ENDS_EARLY"


@dataclass(frozen=True)
class _Stored:
    described: Embedding
    tracks: Tracks
    frames: FrameTrack | None
    detail: bytes | None


class EmulatedSessionService(session_pb2_grpc.SessionServiceServicer):
    """Opens shared sessions, and remembers which there are (`open`, by id) and what was ended."""

    def __init__(self) -> None:
        self.open: dict[str, session_pb2.CreateSharedSessionRequest] = {}
        self.ended: list[str] = []

    async def CreateSharedSession(self, request: Any, context: Any) -> session_pb2.Session:
        session = f"shared{len(self.open) + len(self.ended)}"
        self.open[session] = request
        expires = Timestamp()
        expires.FromSeconds(int(time.time()) + request.lifetime.seconds)
        return session_pb2.Session(
            name=f"sessions/{session}", access_token=f"token-of-{session}", expire_time=expires
        )

    async def DeleteSession(self, request: Any, context: Any) -> Empty:
        session = request.name.removeprefix("sessions/")
        if self.open.pop(session, None) is None:
            status = to_status(not_found(request.name))
            details = ("grpc-status-details-bin", status.SerializeToString())
            await context.abort(
                grpc.StatusCode.NOT_FOUND, status.message, trailing_metadata=(details,)
            )
        self.ended.append(session)
        return Empty()


class EmulatedEmbedService(embed_pb2_grpc.EmbedServiceServicer):
    """Sends vectors two rows at a time, so that a client has to join batches."""

    def __init__(self, engines: Sequence[str] = ("local",)) -> None:
        self.engines = list(engines)
        self.sessions = EmulatedSessionService()  # type: ignore[abstract]
        self.tokens: list[str] = []
        self.calls: Counter[str] = Counter()
        # Whether stored vectors have lost their last bytes.
        self.damaged = False
        # Whether that is so of detail tracks; and the spans that were asked for.
        self.damaged_detail = False
        self.spans: list[list[tuple[float, float]]] = []
        # What happens to every stream after its first message.
        self.trouble: Trouble | None = None
        self._stored: dict[str, _Stored] = {}

    def add(
        self,
        described: Embedding,
        tracks: Tracks,
        frames: FrameTrack | None = None,
        detail: bytes | None = None,
    ) -> None:
        """detail: a stored detail track."""
        described.ClearField("tracks")
        for modality, track in tracks.items():
            described.tracks.add(
                modality=modality,
                segment_count=len(track.starts),
                dimension=track.vectors.shape[1],
                has_fine_samples=track.fine is not None,
            )
        described.has_frame_track = frames is not None
        described.has_detail_track = detail is not None
        described.duration.FromMilliseconds(
            round(1000 * max((track.duration for track in tracks.values()), default=0.0))
        )
        self._stored[described.name] = _Stored(described, tracks, frames, detail)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = aio.server()
        embed_pb2_grpc.add_EmbedServiceServicer_to_server(self, server)
        session_pb2_grpc.add_SessionServiceServicer_to_server(self.sessions, server)
        health = HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(health, server)
        await health.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            yield f"127.0.0.1:{port}"
        finally:
            await server.stop(None)

    async def GetEmbedding(self, request: Any, context: Any) -> Embedding:
        return (await self._find("GetEmbedding", request.name, context)).described

    async def ListEmbeddings(self, request: Any, context: Any) -> embed_pb2.ListEmbeddingsResponse:
        """One embedding a page, the last one added first."""
        self._note("ListEmbeddings", context)
        found = [
            stored.described
            for stored in reversed(self._stored.values())
            if request.video in ("", stored.described.video)
            and request.engine in ("", stored.described.engine)
        ]
        at = int(request.page_token or 0)
        more = str(at + 1) if at + 1 < len(found) else ""
        return embed_pb2.ListEmbeddingsResponse(embeddings=found[at : at + 1], next_page_token=more)

    async def ListEngines(self, request: Any, context: Any) -> embed_pb2.ListEnginesResponse:
        self._note("ListEngines", context)
        return embed_pb2.ListEnginesResponse(
            engines=[embed_pb2.Engine(name=name, available=True) for name in self.engines]
        )

    async def StreamSegments(
        self, request: Any, context: Any
    ) -> AsyncIterator[embed_pb2.SegmentBatch]:
        stored = await self._find("StreamSegments", request.name, context)
        for modality, track in stored.tracks.items():
            for batch in _batches(modality, track, fine=False):
                if self.damaged:
                    batch.vectors = batch.vectors[:-1]
                yield batch
                if await self._trouble(context):
                    return
            if track.fine is not None and request.include_fine_samples:
                for batch in _batches(modality, track.fine, fine=True):
                    yield batch

    async def StreamFrameTrack(
        self, request: Any, context: Any
    ) -> AsyncIterator[embed_pb2.FrameBatch]:
        stored = await self._find("StreamFrameTrack", request.name, context)
        frames = stored.frames
        if frames is None:
            return
        for first in range(0, len(frames.times), 50):
            rows = slice(first, first + 50)
            yield embed_pb2.FrameBatch(
                first_frame=first,
                time_seconds=frames.times[rows].tolist(),
                fingerprints=frames.fingerprints[rows].tobytes(),
                duration_seconds=frames.duration,
            )
            if await self._trouble(context):
                return
        yield embed_pb2.FrameBatch(
            sound_levels=frames.sound.tobytes(), duration_seconds=frames.duration
        )
        for batch in _sound_tracks(frames):
            yield batch

    async def StreamDetailTrack(
        self, request: Any, context: Any
    ) -> AsyncIterator[embed_pb2.DetailBatch]:
        stored = await self._find("StreamDetailTrack", request.name, context)
        spans = [(span.start_seconds, span.end_seconds) for span in request.spans]
        self.spans.append(spans)
        for chunk in detail_chunks(stored.detail or b"", spans):
            yield embed_pb2.DetailBatch(
                rows=chunk.rows,
                columns=chunk.columns,
                quantum=0 if self.damaged_detail else QUANTUM,
                time_seconds=chunk.times.tolist(),
                pictures=chunk.packed,
            )

    async def _trouble(self, context: Any) -> bool:
        """Whether the stream ends here; stalls or breaks it if that is the trouble."""
        if self.trouble is Trouble.STALLS:
            await asyncio.Event().wait()
        if self.trouble is Trouble.BREAKS:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "the connection is gone")
        return self.trouble is Trouble.ENDS_EARLY

    async def _find(self, method: str, name: str, context: Any) -> _Stored:
        self._note(method, context)
        if name not in self._stored:
            status = to_status(not_found(name))
            details = ("grpc-status-details-bin", status.SerializeToString())
            await context.abort(
                grpc.StatusCode.NOT_FOUND, status.message, trailing_metadata=(details,)
            )
        return self._stored[name]

    def _note(self, method: str, context: Any) -> None:
        metadata = dict(context.invocation_metadata())
        self.tokens.append(metadata.get("authorization", ""))
        self.calls[method] += 1


def _batches(
    modality: Modality.ValueType, track: SegmentTrack, *, fine: bool
) -> Iterator[embed_pb2.SegmentBatch]:
    for first in range(0, len(track.starts), 2):
        rows = slice(first, first + 2)
        yield embed_pb2.SegmentBatch(
            modality=modality,
            fine=fine,
            first_segment=first,
            dimension=track.vectors.shape[1],
            start_seconds=track.starts[rows].tolist(),
            end_seconds=track.ends[rows].tolist(),
            vectors=track.vectors[rows].astype("<f4").tobytes(),
        )


def _sound_tracks(frames: FrameTrack) -> Iterator[embed_pb2.FrameBatch]:
    if frames.sound_tracks is None:
        return
    for index, track in enumerate(frames.sound_tracks):
        yield embed_pb2.FrameBatch(
            duration_seconds=frames.duration,
            track_levels=embed_pb2.SoundTrackLevels(
                track=index,
                bands=track.bands.tobytes() if index else b"",
                channels=track.levels.astype("<u2").tobytes(),
            ),
        )
    yield embed_pb2.FrameBatch(
        duration_seconds=frames.duration,
        picture_end_seconds=frames.picture_end,
        sound_tracks=[
            embed_pb2.SoundTrack(
                number=track.number,
                language=track.language,
                title=track.title,
                layout=track.layout,
                channels=track.channels,
                heard=track.heard,
            )
            for track in frames.sound_tracks
        ],
    )
