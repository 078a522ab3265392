"""What a worker process is asked for, and how it answers: messages over a pipe.

A message is a pickle whose arrays travel beside it, without a copy:

    count of buffers u32, length of the pickle u64, length of each buffer u64 | pickle | buffers

Only a process and the child that it started itself speak this.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO

from services.embed.artifacts.frame_track import Cancellation, Cancelled, OnProgress, track_frames
from services.embed.engines.local.parts import GivePart, Outline, Part
from services.embed.engines.local.pipeline import embed_video
from services.embed.engines.local.source import SourceUnavailable, VideoSource
from services.mediakit.errors import MediaError

_COUNT = struct.Struct("<I")
_LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, kw_only=True)
class EmbedJob:
    """Vectors and the frame track."""

    source: VideoSource
    segment_duration: float
    modalities: tuple[str, ...]

    def run(self, on_progress: OnProgress, cancelled: Cancelled, give: GivePart) -> Outline:
        with self.source.open() as file:
            return embed_video(
                file,
                segment_duration=self.segment_duration,
                modalities=self.modalities,
                on_progress=on_progress,
                cancelled=cancelled,
                give=give,
            )


@dataclass(frozen=True, kw_only=True)
class FrameTrackJob:
    """The frame track alone."""

    source: VideoSource

    def run(self, on_progress: OnProgress, cancelled: Cancelled, give: GivePart) -> bytes:
        """What precedes the chunks of the stored frame track."""
        with self.source.open() as file:
            return track_frames(file, on_progress, cancelled, partial(give, Part.FRAMES))


Job = EmbedJob | FrameTrackJob


@dataclass(frozen=True)
class Progressed:
    """fraction: 0..1. seconds: how much of the video that is."""

    fraction: float
    seconds: float


@dataclass(frozen=True)
class Made:
    """The next piece of a part."""

    part: Part
    piece: bytes


@dataclass(frozen=True)
class Finished:
    """All parts were given. result: what the job's run returns."""

    result: Outline | bytes


@dataclass(frozen=True)
class Failed:
    error: MediaError | SourceUnavailable | Cancellation


Message = Progressed | Made | Finished | Failed


def write_message(stream: BinaryIO, message: Job | Message) -> None:
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    raws = [buffer.raw() for buffer in buffers]
    stream.write(_COUNT.pack(len(raws)) + _LENGTH.pack(len(data)))
    stream.write(b"".join(_LENGTH.pack(raw.nbytes) for raw in raws))
    stream.write(data)
    for raw in raws:
        stream.write(raw)
    stream.flush()


def read_job(stream: BinaryIO) -> Job:
    """Raises EOFError when the other side has gone."""
    head = _exactly(stream, _COUNT.size + _LENGTH.size)
    count, length = _COUNT.unpack_from(head)[0], _LENGTH.unpack_from(head, _COUNT.size)[0]
    lengths = [_LENGTH.unpack(_exactly(stream, _LENGTH.size))[0] for _ in range(count)]
    data = _exactly(stream, length)
    buffers = [_exactly(stream, size) for size in lengths]
    job: Job = pickle.loads(data, buffers=buffers)  # noqa: S301  # written by our own parent
    return job


async def read_message(stream: asyncio.StreamReader) -> Message:
    """Raises asyncio.IncompleteReadError when the other side has gone."""
    head = await stream.readexactly(_COUNT.size + _LENGTH.size)
    count, length = _COUNT.unpack_from(head)[0], _LENGTH.unpack_from(head, _COUNT.size)[0]
    lengths = [_LENGTH.unpack(await stream.readexactly(_LENGTH.size))[0] for _ in range(count)]
    data = await stream.readexactly(length)
    buffers: list[Any] = [await stream.readexactly(size) for size in lengths]
    message: Message = pickle.loads(data, buffers=buffers)  # noqa: S301  # from our own child
    return message


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise EOFError("the other side has gone")
    return data
