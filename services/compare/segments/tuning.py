"""What the alignment of segments was tuned by.

The numbers were set by hand on made-up edits (`tests/bench/edited_pairs.py`) under several seeds,
except where something else is said. `make bench-sensitivity` halves and doubles each of them and
prints what becomes of the quality. Vectors differ by a factor of ten from engine to engine, so that
distances are never numbers here, but multiples of what the pair itself shows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SegmentsTuning:
    """One field for each number; each says its unit, and what becomes of the answer at half of it.

    A cost is counted in segments that fit perfectly.
    """

    # -- anchors: which distances count as the same content
    # Multiple of the usual distance of matches. Half: strongly re-encoded content counts as other.
    limit_times_same: float = 3.5
    # Share of the distance of unrelated content that counts as the same at least, for clean pairs,
    # and at most, for noisy ones. Half of the first: mixes of two segments fit nowhere; half of the
    # second: noisy pairs lose their matches.
    limit_least_share: float = 0.15
    limit_most_share: float = 0.33
    # Cost of leaving a diagonal, and for each doubling of the distance; of the order that minimap2
    # has. Half: chance matches are chained.
    chain_gap_cost: float = 0.3
    chain_gap_growth: float = 0.15
    # Runs of anchors looked back at for the one before. Half: after many chance matches a chain may
    # break.
    chain_look_back: int = 80

    # -- corridor
    # Segments of A looked at on either side of an anchor. Half: a drift between two anchors may
    # leave the corridor, for half the work.
    corridor_margin: int = 6

    # -- score grid and path
    # What the worst fit costs. Half: bad segments inside a match hardly count.
    worst_fit: float = -0.6
    # Cost of leaving a match. Half: noise opens edits that are none.
    open_cost: float = 1.6
    # Cost of each segment of B that is new, and of each quarter segment of A that is left out.
    # Half: more is called new, or left out, where contents resemble each other.
    unmatched_cost: float = 0.12
    skipped_cost: float = 0.002
    # Cost of each quarter segment beside the straight continuation. Half: noise bends lines.
    wobble_cost: float = 0.35

    # -- lines
    # What one more piece of a line has to gain, in squared quarter segments. Half: lines break up.
    piece_cost: float = 5.0
    # Smallest change of speed that is told from steps, as a share. Half: rounding becomes a speed.
    smallest_speed_change: float = 0.02
    # Quarter segments from which on a jump is a cut and no speed. Half: fast ramps become cuts.
    cut_jump: int = 8

    # -- changes of speed
    # Seconds of a jump that a ramp may stand for, at least and at most. Half: more jumps are tried
    # at the small end, fewer at the large one.
    ramp_smallest_jump: float = 0.15
    ramp_largest_jump: float = 5.0
    # Seconds that a ramp lasts at least, and from which on it need not be the better explanation.
    # Half: neighbouring cuts are taken for ramps.
    shortest_ramp: float = 4.0
    long_ramp: float = 10.0

    # -- changed content on a line
    # Content is changed above this multiple of the usual distance, or this far above it. Half:
    # re-encoding noise is called replaced.
    changed_times_floor: float = 3.0
    changed_above_floor: float = 0.012
    # How far a run of segments exceeds that together, in limits. Half: runs of noise count.
    certain_excess: float = 0.6
    # Multiple of it that a segment on its own has to reach. Half: single noisy segments count.
    alone_times_changed: float = 2.2

    # -- junctions
    # Seconds by which offsets differ at least. Half: one line is cut in two by noise.
    same_offset: float = 0.35
    # A segment across a cut is no mix of both sides from this multiple of changed content on, or
    # this share of the limit. Half: cuts through noisy segments become replacements.
    unmixed_times_changed: float = 3.0
    unmixed_share_of_limit: float = 0.5

    # -- one cut in a very short video
    # Segments up to which a video counts as very short. Half: clips lose their only cut.
    short_video: int = 16
    # Seconds that must be left out. Half: encoders' padding is called a cut.
    shortest_cut: float = 0.3
    # What one more jump has to gain, in limits. Half: two edits that cancel out are preferred.
    jump_cost: float = 0.5

    # -- moves
    # Seconds of a gap that belong to the move beside it. Half: slivers stay beside moves.
    move_leftover: float = 0.6
    # Seconds by which content must lie elsewhere. Half: replaced content may be called moved.
    move_same_place: float = 2.2
    # Segments of A that content may resemble. Half: common content says less of where it went.
    move_common: float = 4.0
    # Weight of a move that fills two gaps. Half: a whole gap counts as any other stretch.
    move_fills_both_gaps: float = 2.0
    # Evidence that a move needs at full sensitivity, and how much more at none. Half: chance
    # resemblance is called a move.
    move_least_score: float = 0.8
    move_score_growth: float = 2.4

    # -- confidence: where evidence is even, so that about as many regions are right as it says
    # Lengths in segments of a match, a gap and a replacement. Half: short regions seem surer.
    even_match: float = 0.25
    even_gap: float = 0.4
    even_replacement: float = 0.7
    # Limits by which a cut half a segment away is worse. Half: flat optima seem surer.
    even_sharpness: float = 0.06
    # By how much the original speed fits worse, in distances of changed content, and how many
    # segments another speed sets a stretch off. Half: changes of speed seem surer.
    even_speed_gain: float = 0.15
    even_drift: float = 0.75


TUNED = SegmentsTuning()
