"""The whole answer for a pair of embedded videos: where they differ, and how much.

Three modes match times, with one kind of answer: SEQUENCE by content (`by_content`), TIME by the
clock with an offset, INDEX by the segments' numbers.

A REPLACED region's score is above the threshold, a cosine distance. A change that vectors hardly
see, such as a logo, is scored by its detail on the same scale (see `frames.local_changes`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.compare.applied_options import shortest_sound, threshold_of
from services.compare.by_content import Aligned, align_by_content, sound_levels
from services.compare.nothing_found import Compared, is_reencode, nothing_notes
from services.compare.outcome import (
    DifferenceOptions,
    EmbeddedVideo,
    Modality,
    ModalityDifferences,
    Mode,
    PairDifferences,
)
from services.compare.segments.index import align_index
from services.compare.segments.shifted import align_shifted
from services.compare.segments.validation import check_pair
from services.compare.sound.offset_notes import offset_notes
from services.compare.summary import one_sided_notes, similarity_of, summarize
from services.compare.tuning import TUNED, Tuning

_BY_RULE = {Mode.TIME: align_shifted, Mode.INDEX: align_index}


def _no_check() -> None:
    pass


def compare_pair(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions | None = None,
    check: Callable[[], None] = _no_check,
    *,
    mode: Mode = Mode.SEQUENCE,
    tuning: Tuning = TUNED,
) -> PairDifferences:
    """Compares two videos in every modality that both have.

    check: called between stages; raises to stop the work of a cancelled call.
    Raises InvalidTrack for vectors that can not be compared.
    """
    options = options or DifferenceOptions()
    chosen = _Chosen.of(a, b, options)
    for modality in chosen.both:
        check_pair(a.tracks[modality], b.tracks[modality])
    check()
    if mode is Mode.SEQUENCE:
        aligned = align_by_content(a, b, chosen.both, options, check, tuning)
    else:
        aligned = _align_by_rule(mode, a, b, chosen.both, options, check)
    threshold, metric = threshold_of(options), options.alignment.metric
    found = [
        summarize(each, alignment, a.tracks[each], b.tracks[each], threshold, metric)
        for each, alignment in aligned.alignments.items()
    ]
    if mode is Mode.SEQUENCE:
        return _answer_by_content(a, b, chosen, found, aligned, options)
    return _answer(a, b, chosen, found, differs=False)


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    """The modalities that are wanted, by who has them."""

    both: Sequence[Modality]
    only_in_a: Sequence[Modality]
    only_in_b: Sequence[Modality]

    @classmethod
    def of(cls, a: EmbeddedVideo, b: EmbeddedVideo, options: DifferenceOptions) -> _Chosen:
        wanted = [m for m in Modality if options.modalities is None or m in options.modalities]
        return cls(
            both=[m for m in wanted if m in a.tracks and m in b.tracks],
            only_in_a=[m for m in wanted if m in a.tracks and m not in b.tracks],
            only_in_b=[m for m in wanted if m in b.tracks and m not in a.tracks],
        )


def _align_by_rule(
    mode: Mode,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    modalities: Sequence[Modality],
    options: DifferenceOptions,
    check: Callable[[], None],
) -> Aligned:
    applied = replace(options.alignment, threshold=threshold_of(options))
    found = {}
    for modality in modalities:
        check()
        found[modality] = _BY_RULE[mode](a.tracks[modality], b.tracks[modality], applied)
    return Aligned(alignments=found)


def _answer(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    chosen: _Chosen,
    found: Sequence[ModalityDifferences],
    *,
    differs: bool,
) -> PairDifferences:
    """What can be said in every mode. differs: whether anything does that has no region."""
    only_in_a, only_in_b = chosen.only_in_a, chosen.only_in_b
    count = sum(len(each.worst) for each in found)
    differs = bool(differs or count or only_in_a or only_in_b)
    return PairDifferences(
        modalities=tuple(found),
        only_in_a=tuple(only_in_a),
        only_in_b=tuple(only_in_b),
        duration_a=a.duration,
        duration_b=b.duration,
        # Only who looked at frames and sound tracks can say more.
        reencode_only=False,
        only_sound_changed=False,
        similarity_percent=similarity_of(a, b, found, only_in_a, only_in_b, differs=differs),
        difference_count=count,
        notes=tuple(one_sided_notes(only_in_a, only_in_b)),
    )


def _answer_by_content(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    chosen: _Chosen,
    found: list[ModalityDifferences],
    aligned: Aligned,
    options: DifferenceOptions,
) -> PairDifferences:
    sound_tracks = aligned.sound_tracks
    out_of_step = any(r.sound_offset for each in found for r in each.alignment.regions)
    otherwise = out_of_step or bool(sound_tracks.differences)
    answer = _answer(a, b, chosen, found, differs=otherwise)
    looks = tuple(look for each in found for look in each.alignment.looks)
    one_sided = [*chosen.only_in_a, *chosen.only_in_b]
    differs = bool(answer.difference_count or otherwise or one_sided or looks)
    compared = Compared(
        a=a,
        b=b,
        options=options,
        found=found,
        sound_tracks=sound_tracks,
        threshold=threshold_of(options),
        shortest_sound=shortest_sound(options, with_levels=sound_levels(a, b) is not None),
    )
    notes = [note for each in found for note in each.alignment.notes]
    notes += [note for each in found for note in offset_notes(each.alignment.regions)]
    notes += [each.description for each in sound_tracks.differences]
    notes += sound_tracks.notes
    notes += answer.notes
    notes += nothing_notes(compared, differs=differs)
    counts = {each.modality: len(each.worst) for each in found}
    picture_same = counts.get(Modality.VISUAL) == 0 and not looks
    sound_differs = counts.get(Modality.AUDIO, 0) > 0 or Modality.AUDIO in one_sided
    return replace(
        answer,
        reencode_only=is_reencode(compared, differs=differs),
        only_sound_changed=picture_same and (sound_differs or otherwise),
        notes=tuple(notes),
        looks=looks,
        sound_tracks=sound_tracks,
    )
