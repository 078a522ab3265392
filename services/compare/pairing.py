"""Which two embeddings are compared when somebody names two videos, and whether they can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sage.embed.v1.embed_pb2 import Embedding, Modality
from sage.errors.v1.error_reason_pb2 import ErrorReason
from services.servicekit.errors import SageError


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a comparison.

    name: what the caller named, `videos/{id}` or `embeddings/{id}`.
    candidates: the embeddings that it may stand for, newest first.
    """

    name: str
    candidates: Sequence[Embedding]


def choose_pair(
    a: Side, b: Side, *, engine: str, ranking: Sequence[str]
) -> tuple[Embedding, Embedding]:
    """The comparable pair of the best engine, the newest embeddings first.

    engine: the one that was asked for; empty leaves the choice to `ranking`, all engines with the
    best first, which is needed when there are several or none.
    Raises SageError(EMBEDDING_NOT_READY) when a side has nothing by the engine, or the two have no
    engine in common, SageError(UNKNOWN_ENGINE) when that is because there is no such engine, and
    SageError(EMBEDDINGS_NOT_COMPARABLE) when what they have differs.
    """
    for side in (a, b):
        if not side.candidates:
            unknown = engine and ranking and engine not in ranking
            raise _unknown_engine(engine, ranking) if unknown else _not_ready(side.name, engine)
    ranks = {name: rank for rank, name in enumerate(ranking)}
    shared = shared_engines(a, b)
    for name in sorted(shared, key=lambda name: (ranks.get(name, len(ranks)), name)):
        for left, right in _pairs(a, b, name):
            if not _obstacles(left, right):
                return left, right
    if not shared and not (_is_embedding(a) and _is_embedding(b)):
        raise _nothing_shared(a, b)
    left, right = next(
        (pair for name in sorted(shared) for pair in _pairs(a, b, name)),
        (a.candidates[0], b.candidates[0]),
    )
    raise _not_comparable(left, right)


def shared_engines(a: Side, b: Side) -> set[str]:
    """Names of engines that have embedded both, in whatever models and segments."""
    return {each.engine for each in a.candidates} & {each.engine for each in b.candidates}


def dimensions(embedding: Embedding) -> dict[Modality.ValueType, int]:
    """Length of the vectors, by modality; only modalities that have any."""
    return {track.modality: track.dimension for track in embedding.tracks if track.segment_count}


def _pairs(a: Side, b: Side, engine: str) -> Iterator[tuple[Embedding, Embedding]]:
    return (
        (left, right)
        for left in a.candidates
        for right in b.candidates
        if left.engine == right.engine == engine
    )


def _obstacles(a: Embedding, b: Embedding) -> list[str]:
    """What keeps two embeddings from being compared, for people."""
    found = []
    if a.engine != b.engine:
        found.append(f"engine {a.engine} against {b.engine}")
    if a.model != b.model:
        found.append(f"model {a.model} against {b.model}")
    if a.segment_duration != b.segment_duration:
        found.append(f"segments of {_seconds(a)} s against {_seconds(b)} s")
    of_a, of_b = dimensions(a), dimensions(b)
    found += [
        f"{of_a[modality]} dimensions against {of_b[modality]}"
        for modality in sorted(of_a.keys() & of_b.keys())
        if of_a[modality] != of_b[modality]
    ]
    return found


def _not_comparable(a: Embedding, b: Embedding) -> SageError:
    listed = "; ".join(_obstacles(a, b))
    return SageError(
        ErrorReason.ERROR_REASON_EMBEDDINGS_NOT_COMPARABLE,
        f"These embeddings cannot be compared: {listed}. Embed both videos with the same engine "
        "and the same segment duration.",
        metadata={**_facts("a", a), **_facts("b", b)},
    )


def _facts(side: str, embedding: Embedding) -> dict[str, str]:
    facts = {
        f"{side}_embedding": embedding.name,
        f"{side}_engine": embedding.engine,
        f"{side}_model": embedding.model,
        f"{side}_segment_seconds": _seconds(embedding),
    }
    for modality, dimension in dimensions(embedding).items():
        name = Modality.Name(modality).removeprefix("MODALITY_").lower()
        facts[f"{side}_{name}_dimension"] = str(dimension)
    return facts


def _not_ready(name: str, engine: str) -> SageError:
    by = f" by the engine {engine}" if engine else ""
    return SageError(
        ErrorReason.ERROR_REASON_EMBEDDING_NOT_READY,
        f"Your workspace has no finished embedding of {name}{by}. Create an embedding task for it "
        "and wait until that has succeeded.",
        metadata={"name": name, "engine": engine},
    )


def _unknown_engine(engine: str, known: Sequence[str]) -> SageError:
    return SageError(
        ErrorReason.ERROR_REASON_UNKNOWN_ENGINE,
        f"There is no engine {engine!r}. Choose one of {', '.join(known)}.",
        metadata={"engine": engine},
    )


def _nothing_shared(a: Side, b: Side) -> SageError:
    engines = [", ".join(sorted({each.engine for each in side.candidates})) for side in (a, b)]
    return SageError(
        ErrorReason.ERROR_REASON_EMBEDDING_NOT_READY,
        f"No engine has embedded both: {a.name} is embedded by {engines[0]}, {b.name} by "
        f"{engines[1]}. Embed one of them by the other's engine.",
        metadata={"a_engines": engines[0], "b_engines": engines[1]},
    )


def _is_embedding(side: Side) -> bool:
    return side.name.startswith("embeddings/")


def _seconds(embedding: Embedding) -> str:
    return f"{embedding.segment_duration.ToMilliseconds() / 1000:g}"
