from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.compare.cache import BoundedCache


def test_what_was_used_longest_ago_goes_first() -> None:
    cache = BoundedCache[str, int](30)
    for number, key in enumerate("abc"):
        cache.put(key, number, 10)
    cache.get("a")
    cache.put("d", 3, 10)
    assert [cache.get(key) for key in "abcd"] == [0, None, 2, 3]


def test_a_value_larger_than_the_cache_is_not_kept_and_pushes_nothing_out() -> None:
    cache = BoundedCache[str, int](30)
    cache.put("a", 1, 20)
    cache.put("b", 2, 31)
    assert (cache.get("a"), cache.get("b")) == (1, None)


def test_putting_again_replaces() -> None:
    cache = BoundedCache[str, int](30)
    cache.put("a", 1, 20)
    cache.put("a", 2, 25)
    assert (cache.get("a"), cache.size_bytes) == (2, 25)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 40))))
def test_it_never_holds_more_than_its_limit(puts: list[tuple[int, int]]) -> None:
    cache = BoundedCache[int, int](60)
    sizes = {}
    for key, size in puts:
        cache.put(key, key, size)
        sizes[key] = size
        held = [each for each in sizes if cache.get(each) is not None]
        assert cache.size_bytes == sum(sizes[each] for each in held) <= 60
