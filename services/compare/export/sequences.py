"""The comparison as an editing program sees it: sequences of clips, with markers.

There are three: A cut into its pieces, B cut into its pieces, and B made of A, in which what is new
in B is left empty. Positions are frames from the start of the sequence, sources frames from the
start of the file they are of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sage.compare.v1.compare_pb2 import Region, RegionKind, SoundTrackPair
from sage.embed.v1.embed_pb2 import Modality
from services.compare.export.document import Document, differences, kind_name
from services.compare.export.pieces import Span, pieces_of
from services.compare.export.timecode import FrameClock

PICTURE = Modality.MODALITY_VISUAL
SOUND = Modality.MODALITY_AUDIO
_TRACKS = {PICTURE: "picture", SOUND: "sound"}


@dataclass(frozen=True, kw_only=True)
class Media:
    """One of the two files. frames: how long it is, by its own clock. channels: of its main sound
    track; 1 where that is not known."""

    name: str
    side: str
    clock: FrameClock
    frames: int
    channels: int = 1


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A stretch of a file in a sequence. It is retimed when source and record differ in length, or
    the file has another rate than the sequence."""

    media: Media
    record: Span
    source: Span


@dataclass(frozen=True, kw_only=True)
class Track:
    """modality: PICTURE or SOUND. clips: in order, without overlaps; between them is nothing."""

    modality: Modality.ValueType
    clips: Sequence[Clip]


@dataclass(frozen=True, kw_only=True)
class Marker:
    """A difference on a sequence; at least a frame long."""

    span: Span
    name: str
    comment: str
    region: Region


@dataclass(frozen=True, kw_only=True)
class CutSequence:
    """frames: how long it is, with what is empty at its end."""

    name: str
    clock: FrameClock
    frames: int
    tracks: Sequence[Track]
    markers: Sequence[Marker]


@dataclass(frozen=True, kw_only=True)
class Sequences:
    """A, B, and B made of A."""

    a: CutSequence
    b: CutSequence
    conformed: CutSequence


def sequences_of(document: Document) -> Sequences:
    """What there is of picture and sound; a marker for each region that is not unchanged."""
    comparison = document.comparison
    of_a, of_b = media_of(document)
    present = {region.modality for region in comparison.regions}
    modalities = [each for each in (PICTURE, SOUND) if each in present]
    found = differences(comparison)
    in_b = [
        _marker(each, document.b_clock, (each.b_start, each.b_end), _in_a(each, document))
        for each in found
    ]
    in_a = [
        _marker(each, document.a_clock, (each.a_start, each.a_end), _in_b(each, document))
        for each in found
        if each.kind != RegionKind.REGION_KIND_INSERTED
    ]
    tracks_a, tracks_b, conformed = [], [], []
    for modality in modalities:
        regions = [each for each in comparison.regions if each.modality == modality]
        tracks_a.append(_track(modality, of_a, [(r.a_start, r.a_end) for r in regions]))
        tracks_b.append(_track(modality, of_b, [(r.b_start, r.b_end) for r in regions]))
        clips = [
            Clip(media=of_a, record=piece.record, source=piece.source)
            for piece in pieces_of(document, modality).pieces
            if piece.source is not None
        ]
        conformed.append(Track(modality=modality, clips=clips))
    return Sequences(
        a=_sequence(document.a_name, of_a, tracks_a, in_a),
        b=_sequence(document.b_name, of_b, tracks_b, in_b),
        conformed=_sequence(f"{document.b_name} made of {document.a_name}", of_b, conformed, in_b),
    )


def track_name(modality: Modality.ValueType) -> str:
    """`picture` or `sound`."""
    return _TRACKS[modality]


def media_of(document: Document) -> tuple[Media, Media]:
    """Both files."""
    summary = document.comparison.summary
    # The main sound tracks come first.
    pair = next(iter(summary.sound_tracks), SoundTrackPair())
    a, b = (
        Media(
            name=one_line(name),
            side=side,
            clock=clock,
            frames=max(clock.frame(seconds), 1),
            channels=max(len(track.channels), 1),
        )
        for name, side, clock, seconds, track in (
            (document.a_name, "A", document.a_clock, summary.duration_a, pair.a),
            (document.b_name, "B", document.b_clock, summary.duration_b, pair.b),
        )
    )
    return a, b


def _sequence(
    name: str, media: Media, tracks: Sequence[Track], markers: Iterable[Marker]
) -> CutSequence:
    ends = [media.frames, *(track.clips[-1].record.end for track in tracks if track.clips)]
    return CutSequence(
        name=one_line(name),
        clock=media.clock,
        frames=max(ends),
        tracks=tracks,
        markers=sorted(markers, key=lambda each: (each.span.start, each.span.end)),
    )


def _track(
    modality: Modality.ValueType, media: Media, times: Iterable[tuple[float, float]]
) -> Track:
    spans = (
        Span(start=media.clock.frame(start), end=media.clock.frame(end))
        for start, end in sorted(times)
    )
    clips = [Clip(media=media, record=span, source=span) for span in spans if span.length > 0]
    return Track(modality=modality, clips=clips)


def _in_a(region: Region, document: Document) -> str:
    """Where in A it is."""
    if region.kind == RegionKind.REGION_KIND_INSERTED:
        return "not in A"
    return f"A {_times(document.a_clock, region.a_start, region.a_end)}"


def _in_b(region: Region, document: Document) -> str:
    """Where in B it is."""
    if region.kind == RegionKind.REGION_KIND_DELETED:
        return "not in B"
    return f"B {_times(document.b_clock, region.b_start, region.b_end)}"


def _times(clock: FrameClock, start: float, end: float) -> str:
    return " - ".join(clock.timecode(clock.frame(time)) for time in (start, end))


def _marker(
    region: Region, clock: FrameClock, times: tuple[float, float], elsewhere: str
) -> Marker:
    first = clock.frame(times[0])
    speed = f", {region.rate:.1%} speed" if region.kind == RegionKind.REGION_KIND_RETIMED else ""
    return Marker(
        span=Span(start=first, end=max(clock.frame(times[1]), first + 1)),
        name=f"{kind_name(region.kind).title()} ({_TRACKS.get(region.modality, 'other')})",
        comment=f"{elsewhere}{speed}",
        region=region,
    )


def one_line(text: str) -> str:
    """The text without what no format takes: line ends and control characters."""
    return "".join(c if c.isprintable() else " " for c in text)
