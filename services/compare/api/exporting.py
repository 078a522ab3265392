"""From a request for a file to what its writer takes."""

from __future__ import annotations

from dataclasses import dataclass

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import Comparison, ExportComparisonRequest
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare import export
from services.compare.export.timecode import FrameClock
from services.servicekit.errors import FieldViolation, SageError

# By which formats without time codes count where the frame rate is not known: they show none of it.
_MILLISECONDS = 1000.0

Shots = tuple[frozenset[float], frozenset[float]]


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """By which each version's frames are counted."""

    a_clock: FrameClock
    b_clock: FrameClock


def export_options(
    request: ExportComparisonRequest, rates: tuple[float | None, float | None]
) -> ExportOptions:
    """rates: the videos' own, which a rate in the request replaces. A side whose rate is not known
    has the other's.

    Raises SageError(INVALID_ARGUMENT) when neither is known and the format has time codes, and for
    start time codes that do not exist at the rate.
    """
    known = next((rate for rate in rates if rate is not None), None)
    if not request.frame_rate and known is None and export.has_timecodes(request.format):
        raise _invalid(
            "frame_rate",
            "The frame rate of these videos is not known, as their embeddings have no frame track. "
            "Say it, or embed them again.",
        )
    own_a, own_b = (rate or known or _MILLISECONDS for rate in rates)
    return ExportOptions(
        a_clock=_clock(request, request.frame_rate or own_a, "a_start_timecode"),
        b_clock=_clock(request, request.frame_rate or own_b, "b_start_timecode"),
    )


def document_of(
    request: ExportComparisonRequest,
    comparison: Comparison,
    options: ExportOptions,
    shots: Shots | None,
) -> export.Document:
    heals = request.HasField("heal_frames")
    return export.Document(
        comparison=comparison,
        a_name=request.a_display_name or request.a,
        b_name=request.b_display_name or request.b,
        a_clock=options.a_clock,
        b_clock=options.b_clock,
        heal_frames=request.heal_frames if heals else export.DEFAULT_HEAL_FRAMES,
        in_feet=request.length_unit == compare_pb2.LENGTH_UNIT_FEET_AND_FRAMES,
        a_shots=None if shots is None else shots[0],
        b_shots=None if shots is None else shots[1],
    )


def _clock(request: ExportComparisonRequest, frame_rate: float, field: str) -> FrameClock:
    start: str = getattr(request, field)
    counting = request.timecode_counting
    if counting == compare_pb2.TIMECODE_COUNTING_UNSPECIFIED:
        drop_frame = not start or ";" in start
    else:
        drop_frame = counting == compare_pb2.TIMECODE_COUNTING_DROP_FRAME
    clock = FrameClock(frame_rate, drop_frame=drop_frame)
    try:
        return clock.starting_at(start) if start else clock
    except ValueError as error:
        raise _invalid(field, str(error)) from error


def _invalid(field: str, description: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        f"{field}: {description}",
        fields=[FieldViolation(field=field, description=description)],
    )
