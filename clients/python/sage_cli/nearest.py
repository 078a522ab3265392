"""What a person may have meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches


def hint(word: str, known: Sequence[str]) -> str:
    """The nearest word that is known, or all of them."""
    near = get_close_matches(word, known, n=1)
    return f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
