"""What an embedding is made of, whatever engine made it. Plain values; times are in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]
UInt8 = NDArray[np.uint8]
Vectors = NDArray[np.float32] | NDArray[np.float16]

# A frame's fingerprint: the picture averaged down to this many cells each way.
FINGERPRINT_SIDE = 16
# The sound's levels: this many bands, this often.
SOUND_BANDS = 16
SOUND_STEP_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class VectorTrack:
    """One modality of one embedding: a vector for each segment of a video.

    vectors: (n, d) float32, finite; fine ones may be float16 until they have been stored.
    starts, ends: (n,) float64, ordered and contiguous from 0; the last segment may be short.
    fine: the same modality in shorter segments, with vectors of its own dimension; None when the
    engine has none.
    """

    vectors: Vectors
    starts: Float64
    ends: Float64
    fine: VectorTrack | None = None

    @property
    def duration(self) -> float:
        return float(self.ends[-1]) if len(self.ends) else 0.0


@dataclass(frozen=True, kw_only=True)
class FrameChunk:
    """Some frames in presentation order.

    times: (n,) float64, strictly increasing; when each frame is first shown.
    fingerprints: (n, 16, 16, 3) uint8, full-range Y, Cb, Cr.
    """

    times: Float64
    fingerprints: UInt8


@dataclass(frozen=True, kw_only=True)
class SoundChunk:
    """The sound of some consecutive steps of SOUND_STEP_SECONDS, from time zero on.

    levels: (n, 16) uint8, mel bands from low to high, in steps of 1/24 bel above -80 dB.
    """

    levels: UInt8
