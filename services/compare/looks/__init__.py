"""Looks: what makes two versions look different throughout, found and taken away.

1. `matching`: frames that show the same, by the correlation of their luma.
2. `estimate`, `framing`: which part of A's picture B shows, mirrored or not.
3. `panning`, `windows`, `window_fit`: a part that changes over time, as pan and scan does.
4. `overlays`, `colour`, `blending`: cells that differ always, the colours, mixed frames.
5. `levelling`: all of it as one look, and the frame tracks without it.
6. `description`: the look in the words and figures that people are told.
7. `detail`, `fine_framing`: detail tracks without the look, its framing made finer.
8. `reasons`: a look, or something over the picture, that holds for a part only.
"""

from services.compare.looks.description import describe
from services.compare.looks.detail import levelled_detail
from services.compare.looks.fine_framing import finely_framed
from services.compare.looks.levelling import Look, find_look
from services.compare.looks.reasons import with_reasons, without_inexactness

__all__ = [
    "Look",
    "describe",
    "find_look",
    "finely_framed",
    "levelled_detail",
    "with_reasons",
    "without_inexactness",
]
