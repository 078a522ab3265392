from __future__ import annotations

import pytest

from sage.embed.v1.embed_pb2 import MODALITY_VISUAL, Embedding
from services.compare.pairing import Side, choose_pair
from services.servicekit.errors import SageError
from tests.emulators.embed_service import embedding


def made(
    name: str, engine: str = "local", *, model: str = "m1", seconds: float = 2, dimension: int = 8
) -> Embedding:
    found = embedding(f"embeddings/{name}", video="v", engine=engine, model=model, seconds=seconds)
    found.tracks.add(modality=MODALITY_VISUAL, segment_count=1, dimension=dimension)
    return found


def choose(
    a: list[Embedding], b: list[Embedding], engine: str = "", ranking: tuple[str, ...] = ()
) -> tuple[str, str]:
    left, right = choose_pair(
        Side(name="videos/a", candidates=a),
        Side(name="videos/b", candidates=b),
        engine=engine,
        ranking=ranking,
    )
    return left.name, right.name


def test_the_newest_comparable_pair_is_chosen() -> None:
    a = [made("a-new", seconds=5), made("a-old", seconds=2)]
    b = [made("b-new", seconds=2), made("b-old", seconds=5)]
    assert choose(a, b) == ("embeddings/a-new", "embeddings/b-old")


def test_the_best_engine_goes_first_whatever_is_newer() -> None:
    a = [made("a1", "good"), made("a2", "best")]
    b = [made("b1", "good"), made("b2", "best")]
    assert choose(a, b, ranking=("best", "good")) == ("embeddings/a2", "embeddings/b2")


def test_a_worse_engine_is_taken_when_the_best_has_nothing_comparable() -> None:
    a = [made("a1", "good"), made("a2", "best", model="m1")]
    b = [made("b1", "good"), made("b2", "best", model="m2")]
    assert choose(a, b, ranking=("best", "good")) == ("embeddings/a1", "embeddings/b1")


@pytest.mark.parametrize(
    ("b", "words"),
    [
        (made("b", model="m2"), "model m1 against m2"),
        (made("b", seconds=4), "segments of 2 s against 4 s"),
        (made("b", dimension=16), "8 dimensions against 16"),
    ],
)
def test_what_differs_is_said(b: Embedding, words: str) -> None:
    with pytest.raises(SageError, match=words) as caught:
        choose([made("a")], [b])
    assert caught.value.reason_name == "EMBEDDINGS_NOT_COMPARABLE"
    assert caught.value.metadata["a_visual_dimension"] == "8"


def test_videos_without_a_common_engine_say_which_they_have() -> None:
    with pytest.raises(SageError) as caught:
        choose([made("a", "one")], [made("b", "two")])
    assert caught.value.reason_name == "EMBEDDING_NOT_READY"
    assert caught.value.metadata == {"a_engines": "one", "b_engines": "two"}


def test_named_embeddings_of_two_engines_are_not_comparable() -> None:
    sides = [
        Side(name=f"embeddings/{name}", candidates=[made(name, engine)])
        for name, engine in (("a", "one"), ("b", "two"))
    ]
    with pytest.raises(SageError, match="engine one against two") as caught:
        choose_pair(*sides, engine="", ranking=())
    assert caught.value.reason_name == "EMBEDDINGS_NOT_COMPARABLE"


def test_a_video_that_is_not_embedded_is_named() -> None:
    with pytest.raises(SageError, match="no finished embedding of videos/b by the engine x"):
        choose([made("a", "x")], [], engine="x")
