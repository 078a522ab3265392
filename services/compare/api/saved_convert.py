"""Between the contract's messages and comparisons that are kept."""

from __future__ import annotations

import json
import unicodedata

from google.protobuf import json_format
from google.protobuf.timestamp_pb2 import Timestamp

from sage.compare.v1 import compare_pb2, saved_comparison_pb2
from sage.compare.v1.compare_pb2 import ComparisonOptions
from sage.embed.v1 import embed_pb2
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.compare.outcome import Modality
from services.compare.saved.comparison import Micros, Moment, Note, SavedComparison, Status
from services.compare.saved.marks import DEFAULT_FRAME_SECONDS, Mark, Place
from services.compare.saved.records import Selection
from services.compare.saved.share_links import ShareLink
from services.compare.timeline import RegionKind
from services.servicekit.errors import FieldViolation, SageError
from services.servicekit.listing.requests import ListRequest
from services.servicekit.names import one_line

_STATUSES = {
    saved_comparison_pb2.SavedComparison.STATUS_IN_REVIEW: Status.IN_REVIEW,
    saved_comparison_pb2.SavedComparison.STATUS_APPROVED: Status.APPROVED,
    saved_comparison_pb2.SavedComparison.STATUS_NEEDS_CHANGES: Status.NEEDS_CHANGES,
}
_STATUS_VALUES = {status: value for value, status in _STATUSES.items()}
_MODALITY = "MODALITY_"
_KIND = "REGION_KIND_"


def comparison_message(comparison: SavedComparison) -> saved_comparison_pb2.SavedComparison:
    """Options that a later version kept and this one does not know are left out."""
    return saved_comparison_pb2.SavedComparison(
        name=comparison.name,
        a=comparison.a,
        b=comparison.b,
        options=json_format.Parse(
            comparison.options, ComparisonOptions(), ignore_unknown_fields=True
        ),
        display_name=comparison.display_name,
        status=_STATUS_VALUES[comparison.status],
        notes=[note_message(comparison, note) for note in comparison.notes],
        marks=[_mark_message(mark) for mark in comparison.marks],
        note_count=comparison.note_count,
        reviewed_count=comparison.reviewed_count,
        ignored_count=comparison.ignored_count,
        create_time=_timestamp(comparison.created_at),
        update_time=_timestamp(comparison.updated_at),
        etag=comparison.etag,
    )


def note_message(comparison: SavedComparison, note: Note) -> saved_comparison_pb2.Note:
    """comparison: the one that the note's name begins with."""
    return saved_comparison_pb2.Note(
        name=comparison.note_name(note),
        text=note.text,
        author=note.author,
        a_seconds=note.moment.a_seconds,
        b_seconds=note.moment.b_seconds,
        a_frame=note.moment.a_frame,
        b_frame=note.moment.b_frame,
        create_time=_timestamp(note.created_at),
        update_time=_timestamp(note.updated_at),
        etag=note.etag,
    )


def link_message(link: ShareLink) -> saved_comparison_pb2.ShareLink:
    """A link without its token, which is told once, when it is made."""
    return saved_comparison_pb2.ShareLink(
        name=link.name,
        display_name=link.display_name,
        expire_time=_timestamp(link.expires_at),
        create_time=_timestamp(link.created_at),
    )


def expiry_of(link: saved_comparison_pb2.ShareLink) -> Micros | None:
    """Microseconds since 1970; None when the request leaves it to the server."""
    return link.expire_time.ToMicroseconds() if link.HasField("expire_time") else None


def selection_of(request: saved_comparison_pb2.ListComparisonsRequest) -> Selection:
    """Which comparisons are asked for; an empty field asks for any."""
    return Selection(
        video=request.video,
        a=request.a,
        b=request.b,
        statuses=[_STATUSES[status] for status in request.statuses],
    )


def listing_of(request: saved_comparison_pb2.ListComparisonsRequest) -> ListRequest:
    """Raises SageError(INVALID_ARGUMENT) for two orders at once."""
    if request.order and request.order_by:
        raise refused("order_by", "Say the order by `order_by` or by `order`, not by both.")
    changed = request.order == saved_comparison_pb2.ListComparisonsRequest.ORDER_CHANGED
    return ListRequest.of(request, order_by="update_time desc" if changed else "")


def status_of(value: saved_comparison_pb2.SavedComparison.Status.ValueType) -> Status:
    """An unspecified one is IN_REVIEW, with which every comparison begins."""
    return _STATUSES.get(value, Status.IN_REVIEW)


def options_json(options: ComparisonOptions) -> str:
    """The options as they are kept: equal ones are equal texts."""
    values = json_format.MessageToDict(options, preserving_proto_field_name=True)
    return json.dumps(values, sort_keys=True)


def display_name(name: str, field: str) -> str:
    """Raises SageError(INVALID_ARGUMENT) for a name of which nothing can be read."""
    shown = one_line(name)
    if not shown:
        raise refused(field, "The name has nothing that can be read.")
    return shown


def note_text(text: str) -> str:
    """The text without control characters other than line breaks and tabs, and without outer space.

    Raises SageError(INVALID_ARGUMENT) when nothing is left.
    """
    kept = [it for it in text if it in "\n\t" or unicodedata.category(it) != "Cc"]
    shown = "".join(kept).strip()
    if not shown:
        raise refused("note.text", "The note has nothing that can be read.")
    return shown


def moment_of(note: saved_comparison_pb2.Note) -> Moment:
    """Seconds and frames that the note does not have are None, as 0 is a moment too."""
    return Moment(
        a_seconds=note.a_seconds if note.HasField("a_seconds") else None,
        b_seconds=note.b_seconds if note.HasField("b_seconds") else None,
        a_frame=note.a_frame if note.HasField("a_frame") else None,
        b_frame=note.b_frame if note.HasField("b_frame") else None,
    )


def mark_of(mark: saved_comparison_pb2.Mark) -> Mark:
    """Raises ValueError for an unspecified modality or kind."""
    place = Place(
        modality=Modality(embed_pb2.Modality.Name(mark.modality).removeprefix(_MODALITY)),
        kind=RegionKind(compare_pb2.RegionKind.Name(mark.kind).removeprefix(_KIND)),
        a_start=mark.a_start,
        a_end=mark.a_end,
        b_start=mark.b_start,
        b_end=mark.b_end,
    )
    return Mark(
        place=place,
        frame_seconds=mark.frame_seconds or DEFAULT_FRAME_SECONDS,
        reviewed=mark.reviewed,
        ignored=mark.ignored,
    )


def refused(field: str, message: str) -> SageError:
    """To be raised: SageError(INVALID_ARGUMENT) with the field that breaks a rule."""
    return SageError(
        ErrorReason.ERROR_REASON_INVALID_ARGUMENT,
        message,
        fields=[FieldViolation(field=field, description=message)],
    )


def _mark_message(mark: Mark) -> saved_comparison_pb2.Mark:
    place = mark.place
    return saved_comparison_pb2.Mark(
        modality=embed_pb2.Modality.Value(_MODALITY + place.modality.value),
        kind=compare_pb2.RegionKind.Value(_KIND + place.kind.value),
        a_start=place.a_start,
        a_end=place.a_end,
        b_start=place.b_start,
        b_end=place.b_end,
        frame_seconds=mark.frame_seconds,
        reviewed=mark.reviewed,
        ignored=mark.ignored,
    )


def _timestamp(time: Micros) -> Timestamp:
    message = Timestamp()
    message.FromMicroseconds(time)
    return message
