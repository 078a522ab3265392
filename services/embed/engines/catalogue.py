"""The engines of this server: which there are, which is best, and whether a request suits one."""

from __future__ import annotations

from collections.abc import Sequence

from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.embed.ports import Availability, Engine, EngineSpec
from services.embed.tasks.task_state import Modality, VideoFacts
from services.servicekit.errors import SageError


class Catalogue:
    """Engines by name, the best one first."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = {engine.spec.name: engine for engine in engines}

    async def all(self, workspace: str) -> list[tuple[EngineSpec, Availability]]:
        """Every engine; those that can work for the workspace now come first."""
        known = [
            (engine.spec, await engine.availability(workspace)) for engine in self._engines.values()
        ]
        return sorted(known, key=lambda entry: not entry[1].available)

    async def choose(self, name: str, workspace: str) -> EngineSpec:
        """The engine of that name, or the best one that is available when no name is given.

        Raises SageError(UNKNOWN_ENGINE or ENGINE_UNAVAILABLE).
        """
        if not name:
            spec, availability = (await self.all(workspace))[0]
        elif name in self._engines:
            spec = self._engines[name].spec
            availability = await self._engines[name].availability(workspace)
        else:
            raise SageError(
                ErrorReason.ERROR_REASON_UNKNOWN_ENGINE,
                f"There is no engine {name!r}. Choose one of {', '.join(self._engines)}.",
                metadata={"engine": name},
            )
        if not availability.available:
            raise SageError(
                ErrorReason.ERROR_REASON_ENGINE_UNAVAILABLE,
                availability.reason,
                metadata={"engine": spec.name},
            )
        return spec


def check_request(
    spec: EngineSpec, video: VideoFacts, segment: float, modalities: Sequence[Modality]
) -> None:
    """Raises SageError(UNSUPPORTED_BY_ENGINE, ENGINE_LIMIT_EXCEEDED or NO_AUDIO)."""
    if not spec.min_segment <= segment <= spec.max_segment:
        raise _unsupported(
            spec,
            f"takes segments of {spec.min_segment:g} to {spec.max_segment:g} s, not {segment:g} s",
        )
    if spec.whole_seconds and not segment.is_integer():
        raise _unsupported(spec, f"takes segments of whole seconds, not {segment:g} s")
    for modality in modalities:
        if modality not in spec.modalities:
            raise _unsupported(spec, f"does not offer {modality.value.lower()}")
    if not video.has_audio and modalities and Modality.VISUAL not in modalities:
        raise SageError(
            ErrorReason.ERROR_REASON_NO_AUDIO,
            f"{video.display_name} has no sound.",
            metadata={"name": video.name},
        )
    if spec.max_duration is not None and video.duration > spec.max_duration:
        raise _over(
            spec,
            f"takes videos up to {spec.max_duration:.0f} s; this one has {video.duration:.0f} s",
        )
    if spec.max_size_bytes and video.size_bytes > spec.max_size_bytes:
        raise _over(
            spec,
            f"takes files up to {spec.max_size_bytes} bytes; this one has {video.size_bytes}",
        )
    if spec.min_side and min(video.width, video.height) < spec.min_side:
        raise _over(
            spec,
            f"takes pictures from {spec.min_side} pixels on each side; "
            f"these are {video.width}x{video.height}",
        )
    if spec.max_sides is not None:
        longest, shortest = spec.max_sides
        if max(video.width, video.height) > longest or min(video.width, video.height) > shortest:
            raise _over(
                spec,
                f"takes pictures up to {longest}x{shortest}; "
                f"these are {video.width}x{video.height}",
            )


def _unsupported(spec: EngineSpec, what: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_UNSUPPORTED_BY_ENGINE,
        f"{spec.display_name} {what}.",
        metadata={"engine": spec.name},
    )


def _over(spec: EngineSpec, what: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_ENGINE_LIMIT_EXCEEDED,
        f"{spec.display_name} {what}.",
        metadata={"engine": spec.name},
    )
