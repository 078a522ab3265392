"""Tasks as rows, and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from services.embed.tasks.task_state import Failure, Micros, Modality, State, Task, VideoFacts


def to_row(task: Task, *, now: Micros) -> dict[str, Any]:
    """now: when the row is written; from it follows how long a task that waits was to wait."""
    return {
        "id": task.id,
        "workspace": task.workspace,
        "sha256": task.video.sha256,
        "engine": task.engine,
        "model": task.model,
        "segment_ms": segment_ms(task.segment_duration),
        "modalities": joined(task.modalities),
        "video": asdict(task.video),
        "state": task.state.value,
        "progress": task.progress,
        "progress_estimated": task.progress_estimated,
        "stage": task.stage,
        "eta": task.eta,
        "attempt": task.attempt,
        "failures": task.failures,
        "away_since": task.away_since,
        "not_before": task.not_before,
        "wait": max(task.not_before - now, 0),
        "owner": task.owner,
        "beat": task.beat,
        "engine_state": dict(task.engine_state),
        "engine_since": task.engine_since,
        "failure": None if task.failure is None else asdict(task.failure),
        "embedding": task.embedding,
        "created_at": task.created_at,
        "started_at": task.started_at,
        "ended_at": task.ended_at,
        "revision": task.revision,
        "traceparent": task.traceparent,
    }


def from_row(row: Row[Any]) -> Task:
    """The task of a row of the tasks table; times stay microseconds since 1970."""
    values = row._mapping
    return Task(
        id=values["id"],
        workspace=values["workspace"],
        video=VideoFacts(**values["video"]),
        engine=values["engine"],
        model=values["model"],
        segment_duration=values["segment_ms"] / 1000,
        modalities=tuple(Modality(name) for name in values["modalities"].split(",") if name),
        state=State(values["state"]),
        progress=values["progress"],
        progress_estimated=values["progress_estimated"],
        stage=values["stage"],
        eta=values["eta"],
        attempt=values["attempt"],
        failures=values["failures"],
        away_since=values["away_since"],
        not_before=values["not_before"],
        owner=values["owner"],
        beat=values["beat"],
        engine_state=values["engine_state"],
        engine_since=values["engine_since"],
        failure=None if values["failure"] is None else Failure(**values["failure"]),
        embedding=values["embedding"],
        created_at=values["created_at"],
        started_at=values["started_at"],
        ended_at=values["ended_at"],
        revision=values["revision"],
        traceparent=values["traceparent"],
    )


def segment_ms(seconds: float) -> int:
    """Rows keep whole milliseconds, so that equal durations are equal to the database too."""
    return round(seconds * 1000)


def joined(modalities: tuple[Modality, ...]) -> str:
    """The modalities in one order, whatever order they were asked for in."""
    return ",".join(sorted(modality.value for modality in modalities))


def fingerprint(task: Task) -> str:
    """What a request id stands for: the same id with another video or options is a mistake."""
    asked = [task.video.name, task.engine, segment_ms(task.segment_duration)]
    return hashlib.sha256(json.dumps([*asked, joined(task.modalities)]).encode()).hexdigest()
