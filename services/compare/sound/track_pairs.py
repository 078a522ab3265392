"""Which sound track of B is compared with which of A, and how to speak of them.

The main tracks are each other's partners, as their vectors are what was compared; the others go
together by language and title, then by language, then by their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.compare.outcome import SoundDifference, SoundDifferenceKind, SoundTrackPair
from services.compare.timeline import SoundTrack


@dataclass(frozen=True)
class ComparedTracks:
    """One pair of tracks, and how to speak of it."""

    a: SoundTrack
    b: SoundTrack
    name: str

    def difference(
        self, kind: SoundDifferenceKind, text: str, amount: float | None = None
    ) -> SoundDifference:
        """text: what differs, without name and full stop. amount: as SoundDifference has it."""
        return SoundDifference(
            kind=kind,
            a_track=self.a.number,
            b_track=self.b.number,
            description=f"{self.name}: {text}." if self.name else f"{text[0].upper()}{text[1:]}.",
            amount=amount,
        )


def paired(tracks_a: Sequence[SoundTrack], tracks_b: Sequence[SoundTrack]) -> list[SoundTrackPair]:
    """The main tracks first, then A's others in order, then those that only B has."""
    partners: dict[int, SoundTrack] = {}
    left = list(tracks_b[1:])
    for alike in (_language_and_title, _language, _any):
        for index, track in enumerate(tracks_a[1:], 1):
            if index in partners:
                continue
            fitting = (each for each in left if alike(each) == alike(track))
            partner = next(fitting, None)
            if partner is not None:
                partners[index] = partner
                left = [each for each in left if each is not partner]
    if tracks_a and tracks_b:
        partners[0] = tracks_b[0]
    elif tracks_b:
        left.insert(0, tracks_b[0])
    of_a = [_pair(track, partners.get(index)) for index, track in enumerate(tracks_a)]
    return of_a + [_pair(None, track) for track in left]


def _pair(a: SoundTrack | None, b: SoundTrack | None) -> SoundTrackPair:
    compared = a is not None and b is not None and a.heard and b.heard
    return SoundTrackPair(a=a, b=b, compared=compared)


def _language_and_title(track: SoundTrack) -> tuple[str, str]:
    return track.language, track.title


def _language(track: SoundTrack) -> str:
    return track.language


def _any(_: SoundTrack) -> str:
    return ""


def only_one(pair: SoundTrackPair) -> list[SoundDifference]:
    """What to say of a track without a partner; nothing of a pair."""
    kinds = SoundDifferenceKind
    sides = ((kinds.TRACK_ONLY_IN_A, pair.a, "A", "B"), (kinds.TRACK_ONLY_IN_B, pair.b, "B", "A"))
    return [
        SoundDifference(
            kind=kind,
            a_track=track.number if has == "A" else 0,
            b_track=track.number if has == "B" else 0,
            description=f"{lacks} lacks sound track {named(track)} of {has}.",
        )
        for kind, track, has, lacks in sides
        if track is not None
    ]


def pair_notes(pairs: Sequence[SoundTrackPair]) -> tuple[str, ...]:
    """Which tracks were compared, and which could not be."""
    compared = [
        f"{named(pair.a)} of A with {named(pair.b)} of B"
        for pair in pairs
        if pair.a is not None and pair.b is not None and pair.compared
    ]
    notes = [f"Sound tracks compared: {'; '.join(compared)}."] if compared else []
    left_out = [
        f"Sound track {named(pair.a)} of A was not compared with {named(pair.b)} of B: not both "
        "could be decoded."
        for pair in pairs
        if pair.a is not None and pair.b is not None and not pair.compared
    ]
    return (*notes, *left_out)


def pair_name(a: SoundTrack, b: SoundTrack) -> str:
    """What to call a pair of tracks in sentences; one name where both have it."""
    if named(a) == named(b):
        return f"Sound track {named(a)}"
    return f"Sound track {named(a)} of A and {named(b)} of B"


def named(track: SoundTrack) -> str:
    """`2 (ger, Commentary)`."""
    words = ", ".join(word for word in (track.language, track.title) if word)
    return f"{track.number} ({words})" if words else str(track.number)
