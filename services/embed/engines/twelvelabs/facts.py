"""What must be found again at the vendor after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Self

from services.embed.tasks.task_state import Micros


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Kept with the task, and handed on to the next one that does the same work. Empty and 0 mean
    not yet.

    file_name: of the media at the vendor, by which what was made is found when no answer told of
    it. It is the first task's for all that follow.
    sending: whether an upload was begun. asset_id: what it became.
    found: whether the asset was found at the vendor, as no answer to the upload had come: it may be
    no more than what arrived before the upload was cut off.
    asked_at: when the vendor was about to be asked for a task. task_id: what it answered.
    lost: how many tasks the vendor has forgotten.
    """

    file_name: str = ""
    sending: bool = False
    asset_id: str = ""
    found: bool = False
    asked_at: Micros = 0
    task_id: str = ""
    lost: int = 0

    @property
    def mark(self) -> str:
        """The part of the file name that no vendor changes."""
        return PurePosixPath(self.file_name).stem

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> Self:
        """Of a task's `engine_state`; what is missing, as in a new task, is not yet."""
        return cls(
            file_name=kept.get("file_name", ""),
            sending=kept.get("sending") == "1",
            asset_id=kept.get("asset_id", ""),
            found=kept.get("found") == "1",
            asked_at=int(kept.get("asked_at", "0")),
            task_id=kept.get("task_id", ""),
            lost=int(kept.get("lost", "0")),
        )

    def written(self) -> dict[str, str]:
        """For a task's `engine_state`, without what is not yet."""
        return {
            name: str(int(value)) if isinstance(value, int) else value
            for name, value in asdict(self).items()
            if value
        }
