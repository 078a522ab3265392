"""What a sample says of itself."""

from __future__ import annotations

from dataclasses import dataclass

NTSC = 30000 / 1001


@dataclass(frozen=True, kw_only=True)
class Sample:
    """`times` are the starts and ends of its items in seconds; `step` is what times are whole
    multiples of; shifts by it are exact."""

    name: str
    content: bytes
    times: list[tuple[float, float | None]]
    texts: list[str]
    step: float
    frame_rate: float = 25.0
    start: float = 0.0
    is_sound: bool = False
