"""What confined processes do for the local engine."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import BinaryIO

from services.embed.artifacts.frame_track import track_frames
from services.embed.engines.local.parts import Part
from services.embed.engines.local.pipeline import embed_video
from services.embed.engines.local.results import heads_message, outline_message
from services.mediakit.sandbox.child import Channel
from services.mediakit.sandbox.messages import Message


def embed(
    file: BinaryIO, channel: Channel, *, segment_duration: float, modalities: Collection[str]
) -> Message:
    """Vectors and the frame track; `outline_of` reads the message."""
    outline = embed_video(
        file,
        segment_duration=segment_duration,
        modalities=modalities,
        on_progress=channel.progressed,
        cancelled=channel.cancelled,
        give=channel.give,
    )
    return outline_message(outline)


def frame_track(file: BinaryIO, channel: Channel) -> Message:
    """The frame track and the detail track alone; `heads_of` reads the message."""
    heads = track_frames(
        file,
        channel.progressed,
        channel.cancelled,
        partial(channel.give, Part.FRAMES),
        partial(channel.give, Part.DETAIL),
    )
    return heads_message(heads)
