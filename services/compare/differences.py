"""The whole answer for a pair of embedded videos: where picture and sound differ, and how much.

With frame tracks on both sides the picture is aligned to the frame, the vectors saying where to
look and how far apart contents are. Without them the vectors are the whole answer. The sound
follows the picture's time map where both videos have a picture with something in common; else it,
like any other modality, is aligned by its own vectors.

A REPLACED region's score is above the threshold, a cosine distance. A change that vectors hardly
see, such as a logo, is scored by its detail on the same scale (see `frames.changes`).
"""

from __future__ import annotations

from collections.abc import Callable

from services.compare.applied_options import (
    DEFAULT_THRESHOLD,
    as_euclidean,
    cosine_options,
    is_euclidean,
    shortest_sound,
    threshold_of,
)
from services.compare.nothing_found import Compared, is_reencode, nothing_notes
from services.compare.outcome import (
    DifferenceOptions,
    EmbeddedVideo,
    Modality,
    ModalityDifferences,
    PairDifferences,
    SoundTrackFindings,
)
from services.compare.picture import align_picture, frame_tracks_of, with_detail
from services.compare.segments.sequence import align_sequence
from services.compare.segments.validation import check_pair
from services.compare.sound.alignment import align_sound
from services.compare.sound.levels import SoundLevels
from services.compare.sound.lines import sound_lines
from services.compare.sound.lost_channels import without_lost_channels
from services.compare.sound.offsets import offset_notes
from services.compare.sound.tracks import compare_sound_tracks, without_lines
from services.compare.summary import one_sided_notes, similarity_of, summarize
from services.compare.timeline import Alignment, RegionKind, SoundTrack

_PICTURE_IN_COMMON = 0.1


def _no_check() -> None:
    pass


def compare_pair(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    options: DifferenceOptions | None = None,
    check: Callable[[], None] = _no_check,
) -> PairDifferences:
    """Compares two videos in every modality that both have.

    check: called between stages; raises to stop the work of a cancelled call.
    Raises InvalidTrack for vectors that can not be compared.
    """
    options = options or DifferenceOptions()
    wanted = [m for m in Modality if options.modalities is None or m in options.modalities]
    both = [m for m in wanted if m in a.tracks and m in b.tracks]
    only_in_a = [m for m in wanted if m in a.tracks and m not in b.tracks]
    only_in_b = [m for m in wanted if m in b.tracks and m not in a.tracks]
    for modality in both:
        check_pair(a.tracks[modality], b.tracks[modality])
    check()
    aligned = align_picture(a, b, options, check) if _needs_picture(both) else None
    if aligned is not None and options.use_frames and Modality.VISUAL in both:
        aligned = with_detail(aligned, a, b, options, check)
    picture = None if aligned is None else aligned.told()
    found = []
    for modality in both:
        check()
        alignment = _align(modality, a, b, picture, options)
        threshold, metric = threshold_of(options), options.alignment.metric
        track_a, track_b = a.tracks[modality], b.tracks[modality]
        found.append(summarize(modality, alignment, track_a, track_b, threshold, metric))
    heard = (
        _sound_tracks(a, b, picture, found, options, check) if Modality.AUDIO in wanted else None
    )
    return _answer(a, b, found, only_in_a, only_in_b, heard or SoundTrackFindings(), options)


def _needs_picture(modalities: list[Modality]) -> bool:
    return Modality.VISUAL in modalities or Modality.AUDIO in modalities


def _align(
    modality: Modality,
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    picture: Alignment | None,
    options: DifferenceOptions,
) -> Alignment:
    """The alignment of one modality, in the metric that was asked for."""
    track_a, track_b = a.tracks[modality], b.tracks[modality]
    if modality is Modality.VISUAL and picture is not None:
        alignment = picture
    elif modality is Modality.AUDIO and picture is not None and _in_common(picture):
        cosine = cosine_options(options)
        levels = _levels(a, b) if options.use_frames else None
        alignment = align_sound(
            picture,
            track_a,
            track_b,
            cosine.threshold or DEFAULT_THRESHOLD,
            shortest_sound(options, with_levels=levels is not None),
            levels,
            _sound_ends(a, b),
        )
        main = _main_tracks(a, b) if levels is not None else None
        if main is not None:
            limit = cosine.threshold or DEFAULT_THRESHOLD
            alignment = without_lost_channels(alignment, track_a, *main, limit)
    else:
        alignment = align_sequence(track_a, track_b, cosine_options(options))
    return as_euclidean(alignment) if is_euclidean(options) else alignment


def _sound_ends(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[float, float]:
    """When the sounds end, as far as that is known to be after the pictures."""
    frames = [each.frames for each in (a, b)]
    end_a, end_b = (0.0 if f is None or f.picture_end is None else f.duration for f in frames)
    return end_a, end_b


def _levels(a: EmbeddedVideo, b: EmbeddedVideo) -> SoundLevels | None:
    frames = frame_tracks_of(a, b)
    if frames is None or 0 in (len(frames[0].sound), len(frames[1].sound)):
        return None
    return SoundLevels(frames[0].sound, frames[1].sound)


def _main_tracks(a: EmbeddedVideo, b: EmbeddedVideo) -> tuple[SoundTrack, SoundTrack] | None:
    frames = frame_tracks_of(a, b)
    if frames is None or not frames[0].sound_tracks or not frames[1].sound_tracks:
        return None
    return frames[0].sound_tracks[0], frames[1].sound_tracks[0]


def _in_common(picture: Alignment) -> bool:
    """Whether enough of the pictures goes together for the sound to follow."""
    regions = picture.regions
    total = sum(r.a_end - r.a_start for r in regions)
    same = sum(
        r.a_end - r.a_start
        for r in regions
        if r.kind not in (RegionKind.REPLACED, RegionKind.DELETED)
    )
    return same >= _PICTURE_IN_COMMON * total


def _sound_tracks(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    picture: Alignment | None,
    found: list[ModalityDifferences],
    options: DifferenceOptions,
    check: Callable[[], None],
) -> SoundTrackFindings:
    """How the sound tracks differ, where frame tracks know of them."""
    frames = frame_tracks_of(a, b) if options.use_frames else None
    if frames is None:
        return SoundTrackFindings()
    tracks_a, tracks_b = frames[0].sound_tracks, frames[1].sound_tracks
    main = next((each for each in found if each.modality is Modality.AUDIO), None)
    if main is None or picture is None or not _in_common(picture):
        return without_lines(tracks_a, tracks_b)
    return compare_sound_tracks(
        tracks_a,
        tracks_b,
        main.alignment.regions,
        sound_lines(picture.regions, _sound_ends(a, b)),
        shortest_sound(options, with_levels=True),
        check,
    )


def _answer(
    a: EmbeddedVideo,
    b: EmbeddedVideo,
    found: list[ModalityDifferences],
    only_in_a: list[Modality],
    only_in_b: list[Modality],
    sound_tracks: SoundTrackFindings,
    options: DifferenceOptions,
) -> PairDifferences:
    counts = {each.modality: len(each.worst) for each in found}
    complete = not only_in_a and not only_in_b
    out_of_step = any(r.sound_offset for each in found for r in each.alignment.regions)
    otherwise = out_of_step or bool(sound_tracks.differences)
    differs = any(counts.values()) or otherwise or not complete
    looks = tuple(look for each in found for look in each.alignment.looks)
    compared = Compared(
        a=a,
        b=b,
        options=options,
        found=found,
        sound_tracks=sound_tracks,
        threshold=threshold_of(options),
        shortest_sound=shortest_sound(options, with_levels=_levels(a, b) is not None),
    )
    notes = [note for each in found for note in each.alignment.notes]
    notes += [note for each in found for note in offset_notes(each.alignment.regions)]
    notes += [each.description for each in sound_tracks.differences]
    notes += sound_tracks.notes
    notes += one_sided_notes(only_in_a, only_in_b)
    notes += nothing_notes(compared, differs=differs or bool(looks))
    picture_same = counts.get(Modality.VISUAL) == 0
    sound_differs = counts.get(Modality.AUDIO, 0) > 0 or Modality.AUDIO in only_in_a + only_in_b
    return PairDifferences(
        modalities=tuple(found),
        only_in_a=tuple(only_in_a),
        only_in_b=tuple(only_in_b),
        duration_a=a.duration,
        duration_b=b.duration,
        reencode_only=is_reencode(compared, differs=differs or bool(looks)),
        only_sound_changed=picture_same and not looks and (sound_differs or otherwise),
        similarity_percent=similarity_of(a, b, found, only_in_a, only_in_b, differs=differs),
        difference_count=sum(counts.values()),
        notes=tuple(notes),
        looks=looks,
        sound_tracks=sound_tracks,
    )
