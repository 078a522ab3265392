"""The frame-exact comparison: frame tracks in, an alignment exact to the frame out.

1. `corridor`, `offset_votes`, `hypotheses`: which lines (a = rate * b + offset) B may follow, and
   where.
2. `path`: a Viterbi search over B's frames chooses among them and "new content".
3. `joining`, `chain`, `junctions`: lines are joined, fitted, ordered into a timeline with moves,
   and cut against each other to the frame.
4. `line_frames`, `changes`, `boxes`: local changes on every line, with their ends to the frame and
   their place in the picture.
5. `regions`, `distances`, `assembly`: typed regions that tile both timelines, distances, scores and
   the noise floor.
"""

from services.compare.frames.options import RefineOptions
from services.compare.frames.time_base import refine_alignment

__all__ = ["RefineOptions", "refine_alignment"]
