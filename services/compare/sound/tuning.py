"""What the comparison of sounds was tuned by.

The numbers were set by hand on speech, music and noise, cut, dubbed and re-encoded by several
codecs; `make bench-sensitivity` halves and doubles each and prints what becomes of the quality on
made-up sounds. What standards say (ITU-R BT.1359, BS.1770) and what is told to people from how much
on is no matter of tuning, and not here. A step is 0.02 s; a bel is ten decibels.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SoundTuning:
    """One field for each number; each says its unit, and what half of it does to the answer."""

    # -- by vectors, in cosine distances
    # No sound is changed below it: re-encoding, and reading between samples, reach it. Half: strong
    # compression is called another sound.
    vector_floor: float = 0.08
    # Factors on that for a sample alone, and where samples of both do not fall together. Half:
    # single noisy samples count.
    alone_times_limit: float = 2.5
    between_times_limit: float = 1.5
    # Seconds that are averaged, and looked at on either side of a change. Half: weak changes are
    # missed; ends are placed by less.
    vector_window: float = 2.0
    vector_pad: float = 4.0
    # Added to distances before logarithms are taken. Half: what is all but equal counts for more.
    vector_log_floor: float = 0.01
    # Cost, in samples, of going from one level to the other. Half: changes break up in pauses.
    vector_switch: float = 1.0
    # Seconds that an end may be off the picture's cut to be on it, by vectors and by levels. Half:
    # ends stay beside the cut that they were made at.
    snap_by_vectors: float = 0.4
    snap_by_levels: float = 0.06
    # Share of a sample within which its edge is the end. Half: ends fall inside of samples.
    edge_share: float = 1 / 3
    # Share of a line that is another sound when nobody can say that it is late. Half: dubs over the
    # same music are not told to be late.
    mostly_other: float = 0.7

    # -- by levels, in bels
    # Other sound differs by more than this. Half: re-encodes, which reach 0.25, are other sound.
    different: float = 0.22
    # Multiple of the usual difference that other sound exceeds, and the most that this may come to.
    # Half: lossy codecs cause changes; of the last, they are left to vectors.
    times_usual: float = 2.2
    most_different: float = 0.3
    # Share of that, and bels at most, that are the same sound. Half: changes that vectors found
    # spread into what is the same.
    same_share: float = 0.6
    most_same: float = 0.2
    # By how much a band differs more than others when coding left it out, and how many bands may.
    # Half: quiet bands are left out of the comparison; a telephone version is another sound.
    band_lacking: float = 1.0
    most_lacking: float = 0.5
    # Steps smeared at a cut, steps to the end of a line that are on it, and steps of a pause that
    # parts no change. Half: cuts leave slivers; changes end early, and break up.
    edge_steps: int = 3
    at_end_steps: int = 5
    pause_steps: int = 15
    # How many times the limit what levels alone find has to differ, and for how many steps of it.
    # Half: coding noise is a change.
    clearly: float = 1.3
    evidence_steps: int = 20
    # Steps around one of which most have to be unlike where vectors found a change. Half: it breaks
    # up where it resembles the old sound.
    vector_steps: int = 25

    # Share of what vectors found changed that has to be unlike for levels to believe it; where that
    # is less, they are asked alone. Half: where strong coding leaves out bands, moments of it count
    # as other sound.
    vector_confirmed: float = 0.2

    # -- jumps of a line
    # Share of the old cost that the best place of a jump may have. Half: jumps stay where the
    # picture has them.
    jump_fits_better: float = 0.6

    # -- offsets
    # Bels squared by which a window varies to say anything. Half: steady noise has a say.
    least_variance: float = 0.02
    # How well an offset has to fit, as a correlation, and how much better than none. Half: chance
    # offsets are told.
    offset_fits: float = 0.5
    offset_better: float = 0.05
    # Windows that agree on an offset, and how many offsets are looked at. Half: short ones are
    # offsets; of the last, the rarest is not found.
    offset_votes: int = 4
    most_offsets: int = 4
    # How well an offset has to fit windows of two seconds, and by how much better than what is
    # known. Half: other sound with the same rhythm is late; of the last, what is only noisy is.
    short_fits: float = 0.8
    short_better: float = 0.25
    # The same by steps of 0.1 s, which fit less exactly. Half: more offsets are looked at.
    short_coarse_fits: float = 0.75
    # Bels by which a step has to fit better to belong to a short stretch. Half: stretches reach
    # into the pauses beside them.
    short_bias: float = 0.04
    # What leaving no offset costs, and changing it. Half: loops make offsets come and go.
    offset_bias: float = 0.03
    offset_switch: float = 0.8

    # -- where pictures are coarse: seconds that one is shown for not to say when it was cut. Half:
    # cuts that pictures place to the frame follow the sound.
    long_picture: float = 0.07

    # -- a sound that ends early
    # Levels, of which 24 are a bel, up to which a lossy encoder leaves silence. Half: its noise is
    # sound that goes on.
    silence: int = 19
    # Seconds for which both may be silent after that, as sounds fade out. Half: faded ends are
    # replaced.
    faded: float = 0.5

    # -- the threshold suggested: at least this cosine distance, and this multiple of what
    # unchanged sound reaches. Half: re-encoding passes it.
    lowest_threshold: float = 0.06
    clear_of_noise: float = 1.25


TUNED = SoundTuning()
