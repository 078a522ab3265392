"""From a request for a file to what its writer takes."""

from __future__ import annotations

from dataclasses import dataclass

from sage.compare.v1 import compare_pb2
from sage.compare.v1.compare_pb2 import Comparison, ExportComparisonRequest
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare import export
from services.compare.api.about_files import AboutFiles
from services.compare.export.thumbnails import Thumbnails
from services.compare.export.timecode import FrameClock
from services.compare.saved.comparison import SavedComparison
from services.compare.technical.comparing import compare_facts
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
    request: ExportComparisonRequest,
    rates: tuple[float | None, float | None],
    starts: tuple[str, str] = ("", ""),
) -> ExportOptions:
    """rates, starts: the videos' own frame rates and start time codes, which those in the request
    replace. A side whose rate is not known has the other's.

    Raises SageError(INVALID_ARGUMENT) when neither rate is known and the format has time codes, for
    start time codes that do not exist at the rate, and for drop-frame counting at rates without.
    """
    known = next((rate for rate in rates if rate is not None), None)
    if not request.frame_rate and known is None and export.has_timecodes(request.format):
        raise _invalid(
            "frame_rate",
            "The frame rate of these videos is not known, as their embeddings have no frame track. "
            "Say it, or embed them again.",
        )
    own_a, own_b = (rate or known or _MILLISECONDS for rate in rates)
    options = ExportOptions(
        a_clock=_clock(request, request.frame_rate or own_a, "a_start_timecode", starts[0]),
        b_clock=_clock(request, request.frame_rate or own_b, "b_start_timecode", starts[1]),
    )
    if export.has_timecodes(request.format):
        _require_dropped(request, options)
    return options


def document_of(
    request: ExportComparisonRequest,
    comparison: Comparison,
    options: ExportOptions,
    shots: Shots | None,
    about: AboutFiles,
    thumbnails: Thumbnails,
    saved: SavedComparison | None = None,
) -> export.Document:
    """about, thumbnails: what is known of the files, and pictures of them."""
    a_facts, b_facts = about.facts
    heals = request.HasField("heal_frames")
    return export.Document(
        comparison=comparison,
        a_name=about.names[0],
        b_name=about.names[1],
        a_clock=options.a_clock,
        b_clock=options.b_clock,
        heal_frames=request.heal_frames if heals else export.DEFAULT_HEAL_FRAMES,
        in_feet=request.length_unit == compare_pb2.LENGTH_UNIT_FEET_AND_FRAMES,
        a_shots=None if shots is None else shots[0],
        b_shots=None if shots is None else shots[1],
        technical=compare_facts(a_facts, b_facts) if a_facts and b_facts else None,
        thumbnails=thumbnails,
        review=None if saved is None else export.review_of(saved, comparison),
    )


def require_same_videos(saved: SavedComparison, a: str, b: str) -> None:
    """a, b: the videos that are compared.

    Raises SageError(INVALID_ARGUMENT) when what is kept is of others.
    """
    if (saved.a, saved.b) != (a, b):
        raise _invalid(
            "saved_comparison", f"{saved.name} is of other videos, or of A and B swapped."
        )


def _clock(request: ExportComparisonRequest, frame_rate: float, field: str, own: str) -> FrameClock:
    """own: the file's start time code; empty without."""
    said: str = getattr(request, field)
    start = said or own
    counting = request.timecode_counting
    if counting == compare_pb2.TIMECODE_COUNTING_UNSPECIFIED:
        drop_frame = not start or ";" in start
    else:
        drop_frame = counting == compare_pb2.TIMECODE_COUNTING_DROP_FRAME
    clock = FrameClock(frame_rate, drop_frame=drop_frame)
    try:
        return clock.starting_at(start) if start else clock
    except ValueError as error:
        of_file = "" if said else " It is that of the file; say another one."
        raise _invalid(field, f"{error}{of_file}") from error


def _require_dropped(request: ExportComparisonRequest, options: ExportOptions) -> None:
    """Raises SageError(INVALID_ARGUMENT) where numbers are to be dropped that all are needed."""
    a, b = options.a_clock, options.b_clock
    rates = " and ".join(dict.fromkeys(f"{each.frame_rate:.5g}" for each in (a, b)))
    why = f"Frame numbers are dropped at 29.97 and 59.94 frames a second only; here are {rates}."
    counting = request.timecode_counting
    if counting == compare_pb2.TIMECODE_COUNTING_DROP_FRAME and not (a.dropped or b.dropped):
        raise _invalid("timecode_counting", why)
    if counting == compare_pb2.TIMECODE_COUNTING_UNSPECIFIED:
        for field, clock in (("a_start_timecode", a), ("b_start_timecode", b)):
            if ";" in getattr(request, field) and not clock.dropped:
                raise _invalid(field, f"{why} Write it with colons.")


def _invalid(field: str, description: str) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        f"{field}: {description}",
        fields=[FieldViolation(field=field, description=description)],
    )
