"""Vectors of real media: what is seen and heard in each segment, projected to 512 dimensions."""

from __future__ import annotations

import io
import math
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

DIMENSION = 512
_SIDE = 12
_SOUND_RATE = 8000
_BANDS = 64
_SAMPLED_FRAMES_A_SECOND = 4

Vector = NDArray[np.float64]


class NotMedia(Exception):
    """The bytes are no video."""


def probe(data: bytes) -> float:
    """How long the video is, in seconds. Raises NotMedia."""
    try:
        with av.open(io.BytesIO(data), mode="r") as container:
            video = container.streams.video[0]
            if video.duration is not None and video.time_base is not None:
                return float(video.duration * video.time_base)
            return float(container.duration or 0) / 1_000_000
    except (av.error.FFmpegError, IndexError):
        raise NotMedia from None


def embed(data: bytes, options: list[str], segment: float) -> list[dict[str, Any]]:
    """Items as the API lists them, in order, for the clip scope."""
    duration = probe(data)
    count = max(math.ceil((duration - 1e-6) / segment), 1)
    makers = {"visual": _seen, "audio": _heard, "transcription": _heard}
    items = []
    for option in options:
        features = makers[option](data, count, segment)
        if features is None:
            continue
        for index, vector in enumerate(_projected(features, option)):
            items.append(
                {
                    "embedding": [round(float(value), 6) for value in vector],
                    "embedding_option": option,
                    "embedding_scope": "clip",
                    "start_sec": index * segment,
                    "end_sec": round(min((index + 1) * segment, duration), 3),
                }
            )
    return items


def _seen(data: bytes, count: int, segment: float) -> NDArray[np.float64] | None:
    sums = np.zeros((count, _SIDE * _SIDE * 3))
    seen = np.zeros(count)
    wanted = 0.0
    with av.open(io.BytesIO(data), mode="r") as container:
        for frame in container.decode(video=0):
            time = float(frame.time or 0.0)
            if time < wanted:
                continue
            wanted = time + 1.0 / _SAMPLED_FRAMES_A_SECOND
            index = min(int(time / segment), count - 1)
            small = frame.reformat(_SIDE, _SIDE, "rgb24", interpolation="AREA").to_ndarray()
            sums[index] += small.reshape(-1) / 255.0 - 0.5
            seen[index] += 1
    return sums / np.maximum(seen, 1)[:, None]


def _heard(data: bytes, count: int, segment: float) -> NDArray[np.float64] | None:
    with av.open(io.BytesIO(data), mode="r") as container:
        if not container.streams.audio:
            return None
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=_SOUND_RATE)
        pieces = [
            piece.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for piece in resampler.resample(frame)
        ]
    sound = np.concatenate(pieces) if pieces else np.zeros(1)
    length = round(segment * _SOUND_RATE)
    sound = np.pad(sound, (0, max(count * length - len(sound), 0)))[: count * length]
    spectra = np.abs(np.fft.rfft(sound.reshape(count, length), axis=1))
    bands = np.array_split(spectra, _BANDS, axis=1)
    return np.stack([np.log1p(band.mean(axis=1)) for band in bands], axis=1)


def _projected(features: NDArray[np.float64], option: str) -> NDArray[np.float64]:
    seed = sum(option.encode())
    projection = np.random.default_rng(seed).standard_normal((features.shape[1], DIMENSION))
    vectors: NDArray[np.float64] = features @ projection
    norms = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return np.asarray(vectors / norms)
