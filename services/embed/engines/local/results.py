"""How results of confined processes travel to the service, which itself decodes nothing.

A result's parts are sent as they are made; what is known only at the end, its outline, comes last:
numbers as JSON, the heads of the frame and detail tracks and the times of the tracks as bytes.
"""

from __future__ import annotations

import numpy as np

from services.embed.artifacts.tracks import TrackHeads
from services.embed.engines.local.parts import Outline, TrackTimes
from services.mediakit.sandbox.messages import Message

EMBED = "embed"
FRAME_TRACK = "frame-track"


def heads_message(heads: TrackHeads) -> Message:
    """The last answer of a job that makes tracks alone; `heads_of` reads it."""
    return Message("done", {"head_bytes": len(heads.frames)}, heads.frames + heads.detail)


def heads_of(message: Message) -> TrackHeads:
    """What `heads_message` was made of."""
    at = message.values["head_bytes"]
    return TrackHeads(frames=message.body[:at], detail=message.body[at:])


def outline_message(outline: Outline) -> Message:
    """The last answer of a job that embeds: times and heads; the rest has gone ahead in pieces."""
    arrays = [
        array
        for times in outline.tracks.values()
        for array in (times.starts, times.ends, times.fine_starts, times.fine_ends)
    ]
    return Message(
        "done",
        {
            "frame_count": outline.frame_count,
            "duration": outline.duration,
            "damaged": outline.damaged,
            "head_bytes": len(outline.frame_track_head),
            "detail_head_bytes": len(outline.detail_track_head),
            "tracks": [
                [name, len(times.starts), len(times.fine_starts)]
                for name, times in outline.tracks.items()
            ],
        },
        b"".join(
            [
                outline.frame_track_head,
                outline.detail_track_head,
                *(array.tobytes() for array in arrays),
            ]
        ),
    )


def outline_of(message: Message) -> Outline:
    """What `outline_message` was made of. Raises ValueError when it doesn't fit together."""
    values, detail_at = message.values, message.values["head_bytes"]
    at = detail_at + values["detail_head_bytes"]
    times = np.frombuffer(message.body[at:], np.float64)
    tracks: dict[str, TrackTimes] = {}
    for name, whole, fine in values["tracks"]:
        starts, ends, fine_starts, fine_ends, times = np.split(
            times, np.cumsum([whole, whole, fine, fine])
        )
        tracks[name] = TrackTimes(
            starts=starts, ends=ends, fine_starts=fine_starts, fine_ends=fine_ends
        )
    return Outline(
        tracks=tracks,
        frame_track_head=message.body[:detail_at],
        detail_track_head=message.body[detail_at:at],
        frame_count=values["frame_count"],
        duration=values["duration"],
        damaged=values["damaged"],
    )
