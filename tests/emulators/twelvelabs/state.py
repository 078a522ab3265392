"""What the emulated vendor knows, and how it is told to behave."""

from __future__ import annotations

import enum
import secrets
import time
from dataclasses import dataclass, field
from typing import Any


class Lie(enum.Enum):
    """Answers seen in the field that are not what they should be."""

    # `ready`, with no data at all.
    NO_DATA = enum.auto()
    # Only the first half of the segments.
    HALF = enum.auto()
    # One segment in the middle is missing.
    HOLE = enum.auto()
    # NaN in a vector.
    NAN = enum.auto()
    # One vector is shorter than the others.
    RAGGED = enum.auto()
    # No audio segments, though they were asked for.
    NO_AUDIO = enum.auto()


@dataclass(kw_only=True)
class Fault:
    """One answer that is an error. Used up when its method and path match.

    page: what a machine on the way answers in the vendor's place; None for the vendor's own answer.
    """

    method: str
    path: str
    status: int
    message: str = "something went wrong"
    page: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    # Do the work first and lose the answer, as a broken connection would.
    after: bool = False

    @property
    def answer(self) -> Any:
        if self.page is not None:
            return self.page.encode()
        return {"code": "error", "message": self.message}


@dataclass(kw_only=True)
class Task:
    """An embedding task. items: what it will answer when it is ready."""

    id: str
    model: str
    options: list[str]
    segment: float
    media: bytes | None
    input_url: str | None
    input_filename: str | None
    created: float = field(default_factory=time.time)
    ready_at: float = 0.0
    failure: str | None = None
    items: list[dict[str, Any]] | None = None
    duration: float = 0.0


@dataclass(kw_only=True)
class Asset:
    """A file at the vendor."""

    id: str
    filename: str
    data: bytes | None
    ready_at: float
    failure: str | None = None
    created: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class Upload:
    """A multipart upload. parts: by index, from 1."""

    id: str
    asset: str
    filename: str
    size: int
    chunk_size: int
    parts: dict[int, bytes] = field(default_factory=dict)


def new_id() -> str:
    return secrets.token_hex(12)
