"""Which tracks of two files belong together: by what they say of themselves, else in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """A track of the contract, of sound or of subtitles."""

    @property
    def language(self) -> str:
        """As the file has it, mostly ISO 639-2: `deu`; empty when it says nothing."""
        ...

    @property
    def title(self) -> str:
        """For people; empty when the file gives none."""
        ...

    @property
    def dispositions(self) -> Sequence[str]:
        """What the track is for: `default`, `forced`, `hearing_impaired`."""
        ...


Track = TypeVar("Track", bound=Named)


@dataclass(frozen=True)
class Pair(Generic[Track]):
    """Tracks with their numbers, from 1; None where one file has no partner."""

    a: tuple[int, Track] | None
    b: tuple[int, Track] | None

    @property
    def label(self) -> str:
        """`Track 1 (eng)`, `Track 2 / 3 (deu)` where the numbers differ."""
        sides = [side for side in (self.a, self.b) if side is not None]
        numbers = list(dict.fromkeys(str(number) for number, _ in sides))
        names = list(dict.fromkeys(it.language or it.title for _, it in sides))
        name = " / ".join(name for name in names if name)
        return f"Track {' / '.join(numbers)}" + (f" ({name})" if name else "")


def paired(a: Sequence[Track], b: Sequence[Track]) -> list[Pair[Track]]:
    """Every track once: the pairs in A's order, then what only B has.

    Tracks that agree in language, title and purpose go together first, then those that agree in
    less, then the others in order.
    """
    left_a = list(enumerate(a, start=1))
    left_b = list(enumerate(b, start=1))
    found: list[Pair[Track]] = []
    for key in (_all, _language_and_purpose, _language, _anything):
        found += _matches(left_a, left_b, key)
    found += [Pair(side, None) for side in left_a] + [Pair(None, side) for side in left_b]
    return sorted(found, key=lambda pair: (pair.a is None, (pair.a or pair.b or (0,))[0]))


def _matches(
    a: list[tuple[int, Track]], b: list[tuple[int, Track]], key: Callable[[Named], Hashable]
) -> list[Pair[Track]]:
    """Takes the tracks with equal keys out of both lists, pair by pair in their order."""
    of_b: dict[Hashable, list[tuple[int, Track]]] = defaultdict(list)
    for side in b:
        of_b[key(side[1])].append(side)
    found = []
    for side in list(a):
        partners = of_b[key(side[1])]
        if partners:
            partner = partners.pop(0)
            a.remove(side)
            b.remove(partner)
            found.append(Pair(side, partner))
    return found


def _all(track: Named) -> Hashable:
    return track.language, track.title, tuple(track.dispositions)


def _language_and_purpose(track: Named) -> Hashable:
    return track.language, tuple(name for name in track.dispositions if name != "default")


def _language(track: Named) -> Hashable:
    return track.language


def _anything(track: Named) -> Hashable:
    return None
