"""Technical facts as JSON, and back: how they leave the confined process, and how they are kept."""

from __future__ import annotations

from pydantic import TypeAdapter

from services.mediakit.technical.facts import TechnicalFacts

_FACTS = TypeAdapter(TechnicalFacts)


def packed(facts: TechnicalFacts) -> bytes:
    return _FACTS.dump_json(facts)


def unpacked(data: bytes) -> TechnicalFacts:
    """Raises ValueError for anything that `packed` did not make."""
    return _FACTS.validate_json(data)
