"""Two cuts of the same film, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from deploy.sample.scenes import DRAWINGS, HEIGHT, WIDTH, Picture, Samples, sound

FRAME_RATE, SOUND_RATE = 25, 48_000


@dataclass(frozen=True, kw_only=True)
class Shot:
    """A scene from `start` to `end` in its own time, in seconds, played `speed` times as fast."""

    scene: str
    start: float = 0.0
    end: float = 5.0
    speed: float = 1.0

    @property
    def frames(self) -> int:
        """How many frames it has in the cut, after its speed has changed."""
        return round((self.end - self.start) / self.speed * FRAME_RATE)


FIRST_CUT = (
    Shot(scene="sunrise"),
    Shot(scene="skyline", end=6.0),
    Shot(scene="waves"),
    Shot(scene="balls"),
    Shot(scene="rings", end=4.0),
    Shot(scene="rain"),
    Shot(scene="mosaic", end=8.0),
)
# Two seconds of the skyline are replaced, the rain has moved to before the waves, the stars are
# inserted, the rings deleted, and the mosaic is faster.
SECOND_CUT = (
    Shot(scene="sunrise"),
    Shot(scene="skyline", end=2.0),
    Shot(scene="curtain", end=2.0),
    Shot(scene="skyline", start=4.0, end=6.0),
    Shot(scene="rain"),
    Shot(scene="waves"),
    Shot(scene="stars", end=4.0),
    Shot(scene="balls"),
    Shot(scene="mosaic", end=8.0, speed=1.25),
)


def write_film(file: Path, shots: Sequence[Shot], *, crf: int) -> None:
    """Encodes the shots as H.264 and AAC. crf: of x264; larger is smaller and worse."""
    with av.open(str(file), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        video.options = {"crf": str(crf), "preset": "veryfast"}
        audio = container.add_stream("aac", rate=SOUND_RATE)
        audio.layout = "mono"
        for picture in _pictures(shots):
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode(None))
        heard = np.concatenate([_heard(shot) for shot in shots]).astype(np.float32)
        for start in range(0, len(heard), 1024):
            frame = av.AudioFrame.from_ndarray(
                heard[None, start : start + 1024], format="fltp", layout="mono"
            )
            frame.sample_rate, frame.pts = SOUND_RATE, start
            frame.time_base = Fraction(1, SOUND_RATE)
            container.mux(audio.encode(frame))
        container.mux(audio.encode(None))


def _pictures(shots: Sequence[Shot]) -> Iterator[Picture]:
    for shot in shots:
        for number in range(shot.frames):
            yield DRAWINGS[shot.scene](shot.start + number * shot.speed / FRAME_RATE)


def _heard(shot: Shot) -> Samples:
    count = shot.frames * SOUND_RATE // FRAME_RATE
    times = shot.start + np.arange(count) * shot.speed / SOUND_RATE
    return sound(shot.scene, times, shot.speed)
