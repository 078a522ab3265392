"""Technical facts as JSON, and back: how they leave the confined process, and how they are kept."""

from __future__ import annotations

from pydantic import TypeAdapter

from services.mediakit.technical.facts import TechnicalFacts

_FACTS = TypeAdapter(TechnicalFacts)


def packed(facts: TechnicalFacts) -> bytes:
    """The facts as UTF-8; `unpacked` makes the same facts of it."""
    return _FACTS.dump_json(facts)


def unpacked(data: bytes) -> TechnicalFacts:
    """Raises ValueError for anything that `packed` did not make."""
    return _FACTS.validate_json(data)
