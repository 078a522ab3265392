"""Carrying files over: what comes in, what is followed, and the answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import PurePath

from buf.validate import validate_pb2
from sage.compare.v1 import carry_over_pb2
from sage.compare.v1.carry_over_pb2 import (
    CarriedPlace,
    CarryFate,
    CarryOverResponse,
    CarryTotal,
)
from sage.compare.v1.compare_pb2 import (
    CarryOverFileRequest,
    CarryOverRequest,
    CarryOverSpec,
    Comparison,
)
from sage.compare.v1.time_map_pb2 import Side
from sage.embed.v1.embed_pb2 import Modality
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.api.time_map import piece_map_of
from services.compare.carry import formats
from services.compare.carry.carrying import CarriedFile, carry_over
from services.compare.carry.document import (
    Document,
    Follows,
    UnknownFormat,
    UnreadableFile,
)
from services.compare.carry.fates import CarriedItem, Fate
from services.compare.carry.formats.time_scales import Starts
from services.compare.carry.start_times import (
    best_fit,
    beyond_the_end,
    seconds_read,
    starts_from,
    told,
)
from services.servicekit.errors import SageError
from services.servicekit.settings import MIB

_DEFAULT_FRAME_RATE = 25.0
_TEXT_CHARACTERS = 200
_IDLE_SECONDS = 60.0
_FOLLOWED = {
    Follows.PICTURE: Modality.MODALITY_VISUAL,
    Follows.SOUND: Modality.MODALITY_AUDIO,
}
_NAMES = {Modality.MODALITY_VISUAL: "picture", Modality.MODALITY_AUDIO: "sound"}
# The contract says how large a file may be.
_MOST_BYTES: int = (
    CarryOverFileRequest.DESCRIPTOR.fields_by_name["content"]
    .GetOptions()
    .Extensions[validate_pb2.field]
    .bytes.max_len
)


async def received(stream: AsyncIterator[CarryOverRequest]) -> CarryOverFileRequest:
    """The whole of a stream as the request that it would be in one message.

    Raises SageError: INVALID_ARGUMENT when it breaks its order or is too large, DEADLINE_EXCEEDED
    when nothing comes any more.
    """
    first = await _next(stream)
    if first is None or first.WhichOneof("payload") != "spec":
        raise _malformed("The first message must be the spec.")
    content = bytearray()
    while (message := await _next(stream)) is not None:
        if message.WhichOneof("payload") != "chunk":
            raise _malformed("After the first message only chunks may follow.")
        content += message.chunk
        if len(content) > _MOST_BYTES:
            raise _malformed(f"The file is larger than {_MOST_BYTES // MIB} MiB.")
    return CarryOverFileRequest(spec=first.spec, content=bytes(content))


@dataclass(frozen=True, kw_only=True)
class Counting:
    """Of the version that a file was made for, and of the one it is carried to.

    rate, written_rate: frames a second. starts: start time codes of the videos, in seconds as they
    are read; None where a video has none. duration: of the former, in seconds.
    """

    rate: float
    written_rate: float
    starts: tuple[float | None, float | None]
    duration: float


def counting_of(
    spec: CarryOverSpec,
    rates: tuple[float | None, float | None],
    starts: tuple[str, str],
    durations: tuple[float, float],
) -> Counting:
    """By which frames the file counts. rates, starts, durations: those of A and of B; start time
    codes are empty where a video has none."""
    backwards = spec.made_for == Side.SIDE_B
    own, other = reversed(rates) if backwards else rates
    rate = spec.frame_rate or own or _DEFAULT_FRAME_RATE
    # A file that counts otherwise than its video goes on doing so.
    written = rate if spec.frame_rate and spec.frame_rate != own else other or rate
    own_start, other_start = reversed(starts) if backwards else starts
    return Counting(
        rate=rate,
        written_rate=written,
        starts=(seconds_read(own_start, rate), seconds_read(other_start, written)),
        duration=durations[1 if backwards else 0],
    )


@dataclass(frozen=True, kw_only=True)
class OpenedFile:
    """A file whose items have times in the video. notes: what to say of how they were read."""

    document: Document
    notes: tuple[str, ...] = ()


def carried_over(
    spec: CarryOverSpec, opened: OpenedFile, comparison: Comparison, counting: Counting
) -> CarryOverResponse:
    """The file as it is in the other version, with what became of each item.

    Raises SageError(MODALITY_MISSING).
    """
    document = opened.document
    modality, notes = _followed(spec, document, comparison)
    by = piece_map_of(comparison, modality, spec.made_for)
    notes = [*opened.notes, *notes, *beyond_the_end(document, by.end, _side(spec))]
    return _response(spec, carry_over(document, by, 1 / counting.rate), modality, notes)


def opened_file(request: CarryOverFileRequest, counting: Counting) -> OpenedFile:
    """The file as its name says, with its times counted from where the video begins.

    Raises SageError: CARRY_FILE_UNREADABLE, CARRY_FORMAT_UNKNOWN.
    """
    spec = request.spec
    said = spec.start_timecode if spec.HasField("start_timecode") else None
    said_other = spec.other_start_timecode if spec.HasField("other_start_timecode") else None

    def read(starts: Starts) -> Document:
        return formats.read(
            spec.file_name,
            request.content,
            frame_rate=counting.rate,
            starts=starts,
            written_rate=counting.written_rate,
        )

    try:
        if said is not None or not counting.starts[0]:
            return OpenedFile(document=read(starts_from(said or 0.0, counting.starts, said_other)))
        from_timecode = starts_from(counting.starts[0], counting.starts, said_other)
        from_zero = starts_from(0.0, counting.starts, said_other)
        choices = [from_zero, from_timecode]
        if formats.usually_time_codes(spec.file_name, request.content):
            choices.reverse()
        document, chosen = best_fit(read, choices, counting.duration)
        note = told(chosen, from_timecode, _side(spec))
        return OpenedFile(document=document, notes=(note,))
    except UnknownFormat as error:
        raise SageError(
            ErrorReason.ERROR_REASON_CARRY_FORMAT_UNKNOWN,
            f"{spec.file_name}: {error.problem}",
            metadata={"file_name": spec.file_name},
        ) from error
    except UnreadableFile as error:
        metadata = {"file_name": spec.file_name, "problem": error.problem}
        if error.line is not None:
            metadata["line"] = str(error.line)
        raise SageError(
            ErrorReason.ERROR_REASON_CARRY_FILE_UNREADABLE,
            f"{spec.file_name}: {error}",
            metadata=metadata,
        ) from error


def _followed(
    spec: CarryOverSpec, document: Document, comparison: Comparison
) -> tuple[Modality.ValueType, list[str]]:
    """Whose map is followed, and what to say of it. Without sound, what suits it follows the
    picture, and the other way round."""
    if spec.modality:
        return spec.modality, []
    wanted = _FOLLOWED[document.follows]
    compared = comparison.header.modalities
    if wanted in compared or not compared:
        return wanted, []
    other = next(each for each in _FOLLOWED.values() if each != wanted)
    if other not in compared:
        return wanted, []
    note = f"It follows the {_NAMES[other]}: the {_NAMES[wanted]} was not compared."
    return other, [note]


def _response(
    spec: CarryOverSpec,
    carried: CarriedFile,
    modality: Modality.ValueType,
    notes: list[str],
) -> CarryOverResponse:
    totals = sorted((_fate(fate), count) for fate, count in carried.totals.items())
    return CarryOverResponse(
        content=carried.content,
        file_name=_name_of(spec),
        modality=modality,
        items=(_item(each) for each in carried.items),
        totals=(CarryTotal(fate=fate, count=count) for fate, count in totals),
        notes=notes,
    )


def _side(spec: CarryOverSpec) -> str:
    return "B" if spec.made_for == Side.SIDE_B else "A"


def _name_of(spec: CarryOverSpec) -> str:
    """The file's name, with the version that it is for now."""
    name = PurePath(spec.file_name)
    other = "A" if spec.made_for == Side.SIDE_B else "B"
    return f"{name.stem}.{other}{name.suffix}"


def _item(carried: CarriedItem) -> carry_over_pb2.CarriedItem:
    item = carried.item
    return carry_over_pb2.CarriedItem(
        fate=_fate(carried.fate),
        location=item.location,
        text=item.text[:_TEXT_CHARACTERS],
        start=item.start,
        end=item.end,
        places=(CarriedPlace(start=each.start, end=each.end) for each in carried.placements),
        remark=carried.remark,
    )


def _fate(fate: Fate) -> CarryFate.ValueType:
    return CarryFate.Value(f"CARRY_FATE_{fate.value}")


async def _next(stream: AsyncIterator[CarryOverRequest]) -> CarryOverRequest | None:
    try:
        async with asyncio.timeout(_IDLE_SECONDS):
            return await anext(aiter(stream), None)
    except TimeoutError:
        raise SageError(
            ErrorReason.ERROR_REASON_DEADLINE_EXCEEDED,
            f"Nothing came for {_IDLE_SECONDS:.0f} s. Send the file again.",
        ) from None


def _malformed(problem: str) -> SageError:
    return SageError(ErrorReason.ERROR_REASON_INVALID_ARGUMENT, problem)
