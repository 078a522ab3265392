"""Which texts of two tracks are the same ones: anchors are texts that occur once on both sides.

The work grows little faster than the number of texts, whatever they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

Match = tuple[int, int]


def matches(a: Sequence[str], b: Sequence[str]) -> list[Match]:
    """Pairs of equal texts, by their indices, ascending on both sides."""
    found: list[Match] = []
    # Ranges still to be looked at, the first one on top.
    waiting = [(0, len(a), 0, len(b))]
    while waiting:
        first_a, last_a, first_b, last_b = waiting.pop()
        while first_a < last_a and first_b < last_b and a[first_a] == b[first_b]:
            found.append((first_a, first_b))
            first_a, first_b = first_a + 1, first_b + 1
        while first_a < last_a and first_b < last_b and a[last_a - 1] == b[last_b - 1]:
            last_a, last_b = last_a - 1, last_b - 1
            found.append((last_a, last_b))
        anchors = _anchors(a, b, (first_a, last_a), (first_b, last_b))
        if anchors:
            found += anchors
            starts = [(first_a, first_b), *((i + 1, j + 1) for i, j in anchors)]
            ends = [*anchors, (last_a, last_b)]
            waiting += [
                (start_a, end_a, start_b, end_b)
                for (start_a, start_b), (end_a, end_b) in zip(starts, ends, strict=True)
                if start_a < end_a and start_b < end_b
            ]
    return sorted(found)


def _anchors(
    a: Sequence[str], b: Sequence[str], in_a: tuple[int, int], in_b: tuple[int, int]
) -> list[Match]:
    """The longest ascending run of texts that are unique on both sides."""
    once_a, once_b = _once(a, *in_a), _once(b, *in_b)
    pairs = sorted((once_a[text], once_b[text]) for text in once_a.keys() & once_b.keys())
    # The smallest end of an ascending run of each length, and what stands before each pair in it.
    ends: list[int] = []
    at_end: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(at_end[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        at_end[length : length + 1] = [index]
    run: list[Match] = []
    index = at_end[-1] if at_end else -1
    while index >= 0:
        run.append(pairs[index])
        index = before[index]
    return run[::-1]


def _once(texts: Sequence[str], first: int, last: int) -> dict[str, int]:
    counts = Counter(texts[first:last])
    return {texts[i]: i for i in range(first, last) if counts[texts[i]] == 1}
