"""The options of a comparison as its parts take them: thresholds by metric, shortest lengths.

Everything is computed with cosine distances; Euclidean ones are translated on the way in and out.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from services.compare.frames import RefineOptions
from services.compare.outcome import DifferenceOptions
from services.compare.segments.distance import Metric
from services.compare.segments.options import AlignmentOptions
from services.compare.segments.paired import DEFAULT_THRESHOLD
from services.compare.timeline import Alignment

# A single frame is a difference; sound has to differ for longer to be heard as other sound.
_SHORTEST_PICTURE, _SHORTEST_SOUND = 0.0, 0.1
# Sensitivity 0.5 stands for moves of a second, 0 for none.
_SHORTEST_MOVE = 0.5


def is_euclidean(options: DifferenceOptions) -> bool:
    """Whether distances are asked for as those of unit vectors."""
    return options.alignment.metric is Metric.EUCLIDEAN


def threshold_of(options: DifferenceOptions) -> float:
    """The threshold in the metric that was asked for."""
    if options.alignment.threshold is not None:
        return options.alignment.threshold
    return default_threshold(options.alignment.metric)


def default_threshold(metric: Metric) -> float:
    """The threshold when none is asked for: the same angle in every metric."""
    return math.sqrt(2 * DEFAULT_THRESHOLD) if metric is Metric.EUCLIDEAN else DEFAULT_THRESHOLD


def cosine_options(options: DifferenceOptions) -> AlignmentOptions:
    """The same options for cosine distances: of unit vectors at cosine distance d the Euclidean
    distance is sqrt(2 d)."""
    threshold = threshold_of(options)
    if is_euclidean(options):
        threshold = threshold**2 / 2
    shortest = options.minimum_region
    return replace(
        options.alignment,
        metric=Metric.COSINE,
        threshold=threshold,
        minimum_region=options.alignment.minimum_region if shortest is None else shortest,
    )


def refine_options(options: DifferenceOptions) -> RefineOptions:
    """The same options for frame tracks. A lower sensitivity to moves asks for longer ones."""
    cosine = cosine_options(options)
    sensitivity = cosine.move_sensitivity
    return RefineOptions(
        threshold=cosine.threshold or 0.0,
        min_region=_SHORTEST_PICTURE if options.minimum_region is None else options.minimum_region,
        min_move=_SHORTEST_MOVE / sensitivity if sensitivity > 0 else math.inf,
        merge_gap=cosine.merge_gap,
    )


def shortest_sound(options: DifferenceOptions, *, with_levels: bool) -> float:
    """The shortest change of the sound that is told, in seconds; with_levels: whether both sounds
    have levels, which place it to a fiftieth of a second."""
    if options.minimum_region is None and with_levels:
        return _SHORTEST_SOUND
    return cosine_options(options).minimum_region


def as_euclidean(alignment: Alignment) -> Alignment:
    """The same alignment with Euclidean distances of unit vectors."""
    return replace(
        alignment,
        regions=[replace(r, score=math.sqrt(2 * max(r.score, 0.0))) for r in alignment.regions],
        distances=np.sqrt(2 * np.maximum(alignment.distances, 0)).astype(np.float32),
        noise_floor=math.sqrt(2 * alignment.noise_floor),
        suggested_threshold=math.sqrt(2 * alignment.suggested_threshold),
    )
