"""What each Marengo model takes, and how it wants to be asked."""

from __future__ import annotations

from services.embed.ports import EngineSpec, TrackSpec
from services.embed.tasks.task_state import Modality

VENDOR = "twelvelabs"
_DIMENSION = 512
_GIB = 1 << 30

MARENGO_3_5 = EngineSpec(
    name=f"{VENDOR}/marengo3.5",
    display_name="TwelveLabs Marengo 3.5",
    model="marengo3.5",
    tracks=(
        TrackSpec(modality=Modality.VISUAL, dimension=_DIMENSION),
        TrackSpec(modality=Modality.AUDIO, dimension=_DIMENSION),
    ),
    min_segment=2.0,
    max_segment=10.0,
    whole_seconds=True,
    max_duration=4 * 3600.0,
    max_size_bytes=6 * _GIB,
    vendor=VENDOR,
)

MARENGO_3_0 = EngineSpec(
    name=f"{VENDOR}/marengo3.0",
    display_name="TwelveLabs Marengo 3.0",
    model="marengo3.0",
    tracks=(
        TrackSpec(modality=Modality.VISUAL, dimension=_DIMENSION),
        TrackSpec(modality=Modality.AUDIO, dimension=_DIMENSION),
        TrackSpec(modality=Modality.TRANSCRIPTION, dimension=_DIMENSION),
    ),
    min_segment=2.0,
    max_segment=10.0,
    whole_seconds=True,
    max_duration=4 * 3600.0,
    max_size_bytes=6 * _GIB,
    min_side=360,
    max_sides=(5184, 2160),
    vendor=VENDOR,
)

MODELS = (MARENGO_3_5, MARENGO_3_0)


def segmentation(spec: EngineSpec, seconds: int) -> dict[str, object]:
    """Segments of one length, in the shape that the model wants; the wrong one is refused."""
    fixed: dict[str, object] = {"strategy": "fixed", "fixed": {"duration_sec": seconds}}
    return fixed if spec is MARENGO_3_0 else {"temporal": fixed}
