"""What the search for letters and digits was tuned by.

The numbers were set by hand on captions, credits and pages of text under several encoders and bit
rates; `make bench-sensitivity` halves and doubles each and prints what becomes of the quality on
made-up pages. Levels are those of the pictures, 0 to 255; a window is 8 x 8 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class DetailTuning:
    """One field for each number; each says its unit, and what half of it does to the answer."""

    # -- structure of a window
    # Levels of contrast. Half: film grain is structure.
    least_contrast: float = 12.0
    # Levels off from which on a pixel counts less when one encoder's filter is fitted. Half: less
    # of what was changed bends it, and less of a sharp edge helps it.
    large_residual: float = 8.0
    # How strongly the filter is held to none, for each pixel. Half: plain pictures get a filter.
    filter_hold: float = 8.0

    # -- spots
    # Levels by which something has to differ at all. Half: more pictures are looked through.
    least_difference: float = 12.0
    # Share of a window's contrast by which it is apart; a changed letter has half of it and more,
    # encoding a tenth or two. Half: encoders' errors are letters.
    spot_least_share: float = 0.5
    # How strong it is, in levels over a window. Half: faint noise is a letter.
    spot_least_strength: float = 17.0
    # Multiples of what is usual in the pair. Half: lossy encodes are full of letters.
    spot_times_usual_share: float = 2.2
    spot_times_usual_strength: float = 3.0
    # How many times what a window differs by for a quarter of the time the usual may be. Half: more
    # of noisy encodes is letters.
    usual_times_lasting: float = 2.0
    # Shares of those that make a faint spot, which counts beside clear ones only. Half: trails go
    # on in noise.
    faint_share: float = 0.8
    faint_strength: float = 0.45
    faint_times_usual: float = 2.5
    # Share of a clear spot as far as which it reaches. Half: boxes are larger.
    spot_edge: float = 0.4
    # Share of its greatest strength as far as which the core reaches: what is far weaker belongs to
    # its surroundings, which are others as it moves. Half: trails of rolling text wander.
    spot_core: float = 0.5
    # Share of the largest difference of a pixel from which on a pixel belongs to what is shown.
    # Half: what encoders leave beside letters does; rolling text comes earlier and leaves later.
    spot_pixels: float = 0.25
    # Windows apart that are of one spot. Half: words break up into letters.
    spot_gap: int = 3
    # Share of the picture above which it is no detail, and where moments are not surely the same
    # frame. Half: large titles are not found.
    spot_most_of_picture: float = 0.35
    spot_most_loosely: float = 0.1
    # Multiple of what either video changes by itself there. Half: motion is a letter.
    spot_times_own_change: float = 2.0

    # -- trails
    # Moments that a spot is clear at: when it stays, when frames are not surely the same, and when
    # it moves. Half: flicker counts.
    trail_least_staying: int = 2
    trail_least_loosely: int = 3
    trail_least_moving: int = 4
    # How near to clear a spot is that is never clear but stays, as a share of what makes it clear,
    # and at how many moments. Half: of the first, standing noise is a letter; of the second, noise
    # that happens to stay.
    trail_nearly: float = 0.85
    trail_least_nearly: int = 6
    # How many times as strong as noise would be a spot is that is seen at one moment only. Half:
    # single moments of noise are looked into.
    trail_once: float = 1.3
    # Pixels within which a spot stays. Half: growing text moves.
    trail_stays: float = 10.0
    # Pixels off a straight path. Half: credits break up.
    trail_off_path: float = 6.0

    # -- ends, by the fingerprints' cells
    # Seconds on both sides that say what is usual. Half: ends are placed by less.
    end_beside: float = 1.5
    # Mean square of a cell's noise, in levels, at least: they are rounded. Half: still pictures
    # have more to say.
    end_least_noise: float = 0.1
    # The most that a frame says, and that all do, in logarithms of likelihood. Half: single frames
    # and long stretches decide less against the change of the cells itself.
    end_most_a_frame: float = 4.0
    end_most_in_all: float = 4.0
    # How many times larger differences are inside than outside. Half: noise places ends.
    end_least_contrast: float = 1.3
    # Share of the usual square inside that is usual behind the end at least: encoders leave a ghost
    # of what went. Half: ends come too late by as long as it stays.
    end_ghost: float = 0.1
    # How many times its standard error a cell's usual difference inside is at least, by so many
    # frames that err alike, and the square of how far inside is from outside, in standard
    # deviations, by all such cells. Half: of the first two, cells that only move have a say; of the
    # third, ends follow a difference that comes and goes.
    end_sure: float = 2.0
    end_alike: float = 5.0
    end_pattern: float = 2.0
    # The variance inside of how much of that difference there is, at least: what is behind a text
    # has its share in it. Half: ends of what was seen once are at cuts behind it.
    end_varies: float = 0.1
    # Seconds around the only moment at which a detail was seen that say what is usual inside. Half:
    # less of it is told from noise.
    end_around: float = 0.13
    # Weight of a change of the cells beside that. Half: ends move off cuts.
    end_change_weight: float = 3.0
    # Logarithm of likelihood by which fits differ by chance. Half: the middle is taken less often.
    end_tells_nothing: float = 0.5


TUNED = DetailTuning()
