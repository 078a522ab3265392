"""What the alignment of frames was tuned by.

The numbers were set by hand on cuts of real films and on made-up ones, encoded several times;
`make bench-sensitivity` halves and doubles each and prints what becomes of the quality on made-up
films. Levels are those of a fingerprint's cells, 0 to 255. A cost is counted in frames of 1/25 s
that fit no better than new ones.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FramesTuning:
    """One field for each number; each says its unit, and what half of it does to the answer."""

    # -- search ranges, for pairs too long to be searched everywhere
    # Seconds of A looked at on either side of where an anchor leads, and of B in which anchors are
    # looked for. Half: half the work; what lies far from any anchor is called new.
    search_half_width: float = 3.0
    search_near: float = 10.0
    # Seconds by which two matches' offsets may differ, and for each second between them. Half:
    # fewer matches support each other where speeds differ.
    search_agree: float = 0.5
    search_drift: float = 0.1

    # -- votes for offsets
    # A partner counts up to this multiple of the best one's distance, and so many levels more.
    # Half: less than the best, and no vote is left; of the levels: still pictures lose votes.
    vote_tie_factor: float = 1.15
    vote_tie_levels: float = 0.1
    # Levels by which the first frame of a scene may be coded worse. Half: cuts vote less often.
    vote_cut_levels: float = 1.0
    # Seconds of A that a moment may agree with. Half: long still pictures do not vote.
    vote_tie_seconds: float = 8.0

    # -- hypotheses
    # Weight of votes that an offset needs. Half: more lines are tried, for more work.
    hypothesis_least_weight: float = 0.25
    # Seconds without a vote after which an offset is a line anew. Half: more and shorter lines.
    hypothesis_split: float = 8.0
    # Moments that a line stays possible beyond its votes. Half: lines end with their votes, before
    # a still scene does.
    hypothesis_margin: int = 15
    # Lines that may be possible at once. Half: rarer ones are dropped where content repeats.
    hypothesis_most: int = 24

    # -- choice of a line for each frame
    # Cost of changing lines, and that of going back in A beside. Half: noise changes lines.
    switch_cost: float = 4.0
    back_cost: float = 1.0
    # Cost of a slip of a frame, and how many frames are a slip. Half: lines wobble by a frame.
    slip_cost: float = 1.0
    slip_frames: float = 2.5
    # The most that a frame on a line may cost. Half: bad frames hardly count against a line.
    most_emission: float = 3.0
    # Levels between a frame and its re-encode, at least. Half: lossy encodes are called new.
    least_noise: float = 0.8
    # Seconds for which a frame counts at most. Half: stills count less.
    longest_shown: float = 0.2

    # -- joining lines
    # Frames and seconds apart at which one line may go on as the other. Half: uneven frame rates
    # leave lines in pieces.
    join_near_frames: float = 2.5
    join_gap: float = 0.12
    # A joined line may be worse by this factor, and so many levels. Half: a factor below 1 joins
    # nothing; of the levels: clean encodes join less.
    join_worse_factor: float = 1.3
    join_worse_levels: float = 0.3
    # Seconds of the longest step in a staircase that is one retimed line. Half: slow changes of
    # speed stay staircases.
    longest_step: float = 3.0
    # Frames that a retimed line drifts over its length at least. Half: steady lines are tilted.
    least_drift: float = 1.5
    # Levels at which frame distances are capped when a line is fitted. Half: less of what is
    # replaced bends it, and less tells a wrong line from a right one.
    robust_cap: float = 12.0

    # -- evidence for a line; both first ones in units of the distance between same and new
    # What a moved line and a retimed one may cost. Half: moves and changes of speed in lossy
    # encodes are called inserted.
    close_cost: float = 0.5
    fitting_cost: float = 0.7
    # Seconds by which a moved line is shifted to be tested, and how many times worse it then fits.
    # Half: of the factor, anything still passes for a move.
    test_shift: float = 0.4
    shifted_times_worse: float = 1.7
    # Seconds that a still picture lasts to be called moved. Half: title cards are moved.
    longest_still: float = 4.0

    # -- the order of lines
    # Share of two lines that may overlap in A. Half: still material around a cut breaks the order.
    overlap_share: float = 0.6
    # Share of a moved line that nothing else shows. Half: repeats are called moves.
    free_share: float = 0.7
    # Seconds of a line at least. Half: single frames that look alike are lines.
    shortest_line: float = 0.16

    # -- cuts
    # Seconds around a junction in which the cut is looked for. Half: half the work; wrong ends of
    # still scenes stay.
    cut_reach: float = 2.0
    # What new content between two lines has to save. Half: frames hit by the encoder are new.
    new_content: float = 2.0
    # What the point where two speeds meet may cost more. Half: noise places changes of speed.
    crossing_slack: float = 2.0
    # Frames by which a line may have shifted over a hole to be called the same. Half: a replaced
    # scene becomes a deleted and an inserted one.
    same_line_frames: float = 1.1

    # -- local changes
    # Share of a line that differs when all of it does. Half: busy lines are replaced as a whole.
    throughout: float = 0.7
    # How many times larger the difference is inside a change than beside it, and the same for one
    # that lasts `long_change` seconds. Half: moving pictures are called changed.
    least_contrast: float = 2.5
    least_contrast_long: float = 2.2
    long_change: float = 1.0
    # Seconds of a change on a retimed line at least. Half: fractions of a frame at cuts count.
    least_retimed: float = 0.2
    # Cost of going from one level of difference to the other. Half: changes break up.
    level_switch: float = 1.2
    # Added to differences, as a share of the full range, before logarithms are taken. Half: noise
    # of clean encodes has more to say about ends.
    log_floor: float = 0.004
    # Frames of a flash at most, how many times the limit and how many times its surroundings it
    # differs by. Half: of the last two, encoders' bad frames are flashes.
    flash_frames: int = 4
    flash_times_limit: float = 3.0
    flash_contrast: float = 4.0

    # -- the box of a change
    # Share of the largest difference from which a cell belongs to it. Half: boxes are larger.
    box_share: float = 0.2
    # Share of the cells from which on it is the whole picture. Half: large titles have no box.
    box_whole: float = 0.6

    # -- pages of one template, in levels: unrelated pages are nearer than the first; they are
    # brought as far apart as the second, as long as noise stays below the third
    # Half: of the first, slides count as ordinary film; of the others, they are enlarged by less.
    template_alike: float = 2.0
    template_apart: float = 16.0
    template_quiet: float = 1.0
    # Share of that by which frames of pages change. Half: pages with a moving cursor are no pages.
    template_still: float = 0.1
    # Gains below which it is not worth it, and above which rounding grows. Half: of the last,
    # faint pages stay alike.
    template_least_gain: float = 4.0
    template_most_gain: float = 24.0

    # -- whether a finished stretch lies where its frames say
    # A place tells where it is when a few frames to either side its pictures are worse by so many
    # levels. Half: places on still pictures have a say, and take doubts away.
    placement_decisive: float = 0.3
    # Farther off than so many frames is elsewhere: frames taken out or doubled are off by one.
    # Half: conversions of frame rates are doubted.
    placement_off: float = 1.25
    # So many places have to be off, and this share of those that tell anything. Half: one place
    # that a flash misleads puts a long stretch in doubt.
    placement_least_off: int = 2
    placement_most_off: float = 0.15
    # Another speed for fewer seconds than this was told by few frames: one place is enough to
    # doubt it, or so large a share of places, one after the other, that tells nothing. Half: of the
    # first, wrong changes of speed stay sure; of the other, right ones are doubted.
    placement_long: float = 30.0
    placement_silent: float = 0.25
    # Cuts shorter than the first beside a stretch shorter than the second, in seconds, are steps by
    # which a change of speed was followed. Half: such steps are taken for edits that are sure.
    placement_step: float = 0.25
    placement_beside_step: float = 1.0
    # Farther off than so many frames, a place does not say that the line is right. Half: noise and
    # conversions of frame rates do not let it say so anywhere.
    placement_near: float = 0.75
    # Lines that are so many seconds apart, with at most so many seconds between them, may be what a
    # short change of speed looks like. Half: of either, wrong ends of lines stay sure.
    placement_jump: float = 0.8
    placement_gap: float = 3.0
    # Seconds from a line's end within which a place has to say that the line is right, and the most
    # that is doubted where none does. Half: of the first, ends are doubted by a frame or two; of
    # the other, less of a still picture is.
    placement_trifle: float = 0.15
    placement_walk: float = 5.0

    # -- whether deleted content is in B after all
    # How many times more than unchanged frames it may differ, for how many seconds it has to be
    # there, and how many levels of contrast its pictures need. Half: of the first, lossy encodes
    # hide it; of the second, chance finds it; of the third, any dark picture is it.
    lost_alike: float = 3.0
    lost_seconds: float = 0.4
    lost_contrast: float = 4.0

    # -- frame rates
    # Share of A found again that makes other ways of counting needless. Half: a rate that was
    # converted may be taken for one that was not.
    clear_share: float = 0.8

    # -- the threshold suggested: at least this cosine distance, and this multiple of what
    # unchanged content reaches. Half: re-encoding passes it.
    lowest_threshold: float = 0.04
    clear_of_noise: float = 1.25


TUNED = FramesTuning()
