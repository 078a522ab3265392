"""The loudness of the sound on an even grid of times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

import numpy as np
from av.audio.frame import AudioFrame
from av.error import FFmpegError
from av.stream import Discard
from numpy.typing import NDArray

from services.ingest.ports import Waveform
from services.mediakit.container import OpenMedia, open_media
from services.mediakit.errors import MediaError, MediaReason

_DIGITS = 4
# Decoders of sound need a moment until what they give out is right.
_RUN_IN_SECONDS = 0.5


def make_waveform(file: BinaryIO, *, start: float, end: float, count: int) -> Waveform:
    """The peak of all channels in each of `count` equal stretches between two times, 0 to 1.

    Raises MediaError(UNDECODABLE) when there is no sound that can be decoded.
    """
    step = (end - start) / count
    peaks = np.zeros(count, np.float32)
    heard = False
    with open_media(file) as media:
        # Some containers need not even read what is discarded.
        media.video.discard = Discard.all
        _go_to(media, start)
        at = 0.0
        for frame in _sound(media):
            heard = True
            if frame.pts is not None and frame.time_base is not None:
                at = float(frame.pts * frame.time_base) - media.origin
            if at >= end:
                break
            add_peaks(peaks, _loudness(frame), (at - start) / step, frame.sample_rate * step)
            at += frame.samples / frame.sample_rate
    if not heard:
        raise MediaError(MediaReason.UNDECODABLE, "The video's sound could not be decoded.")
    return Waveform(
        peaks=[round(float(peak), _DIGITS) for peak in np.minimum(peaks, 1.0)], step_seconds=step
    )


def _go_to(media: OpenMedia, time: float) -> None:
    """Goes on reading a moment before `time`. What cannot be jumped in is read from its start."""
    audio = media.audio
    early = time - _RUN_IN_SECONDS
    if audio is None or audio.time_base is None or early <= 0:
        return
    with suppress(FFmpegError):
        offset = int((early + media.origin) / audio.time_base)
        media.container.seek(offset, stream=audio, backward=True)


def add_peaks(
    peaks: NDArray[np.float32], loudness: NDArray[np.float32], first: float, per_step: float
) -> None:
    """Raises each peak to the loudest sample in its stretch.

    loudness: one value a sample. first: the place of the first sample, in stretches; samples
    outside the grid do not count. per_step: samples in one stretch.
    """
    places = np.floor(first + np.arange(len(loudness)) / per_step).astype(np.int64)
    inside = (places >= 0) & (places < len(peaks))
    places, loudness = places[inside], loudness[inside]
    if len(places):
        starts = np.flatnonzero(np.diff(places, prepend=-1))
        stretches = places[starts]
        loudest = np.maximum.reduceat(loudness, starts)
        peaks[stretches] = np.maximum(peaks[stretches], loudest)


def _sound(media: OpenMedia) -> Iterator[AudioFrame]:
    """All sound that can be decoded; damaged packets are skipped."""
    if media.audio is None:
        return
    packets = media.container.demux(media.audio)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, FFmpegError):
            return
        try:
            yield from media.audio.codec_context.decode(packet)
        except FFmpegError:
            continue


def _loudness(frame: AudioFrame) -> NDArray[np.float32]:
    """The absolute value of each sample, the loudest channel's, 1 at full scale."""
    samples: NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, frame.layout.nb_channels).T
    if samples.dtype == np.uint8:
        scaled = (samples.astype(np.float32) - 128.0) / 128.0
    elif np.issubdtype(samples.dtype, np.integer):
        scaled = samples.astype(np.float32) / -float(np.iinfo(samples.dtype).min)
    else:
        scaled = samples.astype(np.float32)
    loudest: NDArray[np.float32] = np.abs(np.nan_to_num(scaled)).max(axis=0)
    return loudest
