"""Looks: what makes two versions look different throughout, found and taken away.

1. `matching`: frames that show the same, by the correlation of their luma.
2. `estimate`, `framing`: which part of A's picture B shows, mirrored or not.
3. `overlays`, `colour`, `blending`: cells that differ always, the colours, mixed frames.
4. `levelling`: all of it as one look, and the frame tracks without it.
5. `description`: the look in the words and figures that people are told.
6. `detail`: detail tracks without the look.
7. `reasons`: a look, or something over the picture, that holds for a part only.
"""

from services.compare.looks.description import describe
from services.compare.looks.detail import levelled_detail
from services.compare.looks.levelling import Look, find_look
from services.compare.looks.reasons import with_reasons, without_inexactness

__all__ = [
    "Look",
    "describe",
    "find_look",
    "levelled_detail",
    "with_reasons",
    "without_inexactness",
]
