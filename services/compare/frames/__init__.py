"""The frame-exact comparison: frame tracks in, an alignment exact to the frame out.

1. `search_ranges`, `offset_votes`, `hypotheses`: which lines B may follow, and where.
2. `line_choice`: a Viterbi search over B's frames chooses among them and "new content".
3. `joining`, `chain`, `line_cuts`: lines are joined, fitted, ordered into a timeline with moves,
   and cut against each other to the frame.
4. `line_frames`, `local_changes`, `boxes`: local changes on every line, with their ends to the
   frame and their place in the picture.
5. `line_stretches`, `distances`, `assembly`: typed regions that tile both timelines, distances,
   scores and the noise floor.
"""

from services.compare.frames.options import RefineOptions
from services.compare.frames.time_base import refine_alignment

__all__ = ["RefineOptions", "refine_alignment"]
