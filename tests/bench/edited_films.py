"""Made-up videos with known edits, as everything that is stored of an embedded one.

A pair is what one package of the comparison is there for: cuts to the frame, looks with an edit
inside, changed letters, changed sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

import numpy as np

from services.compare.detail.track import DetailTrack
from services.compare.outcome import EmbeddedVideo, Modality
from services.compare.timeline import (
    Float64,
    FrameTrack,
    Region,
    RegionKind,
    SegmentTrack,
    SoundTrack,
    UInt8,
)
from tests.unit.compare.detail import pages
from tests.unit.compare.frames.films import (
    FPS,
    Frames,
    cut,
    film,
    frame_track,
    joined,
    reencoded,
    resampled,
    segment_track,
    with_patch,
)
from tests.unit.compare.looks import views
from tests.unit.compare.sound.sounds import STEPS_A_SECOND, coded, delayed, levels, sound

SECONDS = 24.0


@dataclass(frozen=True, kw_only=True)
class EditedVideo:
    """A pair. truth: the true regions of one modality."""

    kind: str
    a: EmbeddedVideo
    b: EmbeddedVideo
    modality: Modality
    truth: Sequence[Region]


Spans = tuple[RegionKind, float, float]


def _regions(*spans: Spans, rate: float = 1.0) -> list[Region]:
    """Each span lasts so many seconds of A and of B, one after the other."""
    out: list[Region] = []
    at_a = at_b = 0.0
    for kind, seconds_a, seconds_b in spans:
        out.append(
            Region(
                kind=kind,
                a_start=at_a,
                a_end=at_a + seconds_a,
                b_start=at_b,
                b_end=at_b + seconds_b,
                rate=rate,
            )
        )
        at_a, at_b = at_a + seconds_a, at_b + seconds_b
    return out


def _same(seconds: float) -> Spans:
    return RegionKind.UNCHANGED, seconds, seconds


def _replaced(seconds: float) -> Spans:
    return RegionKind.REPLACED, seconds, seconds


def _deleted(seconds: float) -> Spans:
    return RegionKind.DELETED, seconds, 0.0


def _inserted(seconds: float) -> Spans:
    return RegionKind.INSERTED, 0.0, seconds


def film_pairs(seed: int) -> Iterable[EditedVideo]:
    """What `frames` is for."""
    whole, other = film(SECONDS, seed), film(8.0, seed + 500)

    a = EmbeddedVideo(tracks={Modality.VISUAL: segment_track(whole)}, frames=frame_track(whole))

    def pair(kind: str, b: Frames, *truth: Spans, noise: float = 1.0) -> EditedVideo:
        shown = reencoded(b, noise, seed + 1)
        tracks = {Modality.VISUAL: segment_track(shown)}
        return EditedVideo(
            kind=kind,
            a=a,
            b=EmbeddedVideo(tracks=tracks, frames=frame_track(shown)),
            modality=Modality.VISUAL,
            truth=_regions(*truth),
        )

    before, after = cut(whole, 0, 8), cut(whole, 8, SECONDS)
    yield pair("encoded badly", whole, _same(SECONDS), noise=4.0)
    shorter = joined(before, cut(whole, 11.4, SECONDS))
    yield pair("deleted", shorter, _same(8), _deleted(3.4), _same(12.6))
    lacking = joined(before, after[1:])
    yield pair("one frame deleted", lacking, _same(8), _deleted(0.04), _same(15.96))
    longer = joined(before, cut(other, 0, 2.32), after)
    yield pair("inserted", longer, _same(8), _inserted(2.32), _same(16))
    changed = joined(before, cut(other, 0, 3), cut(whole, 11, SECONDS))
    yield pair("replaced", changed, _same(8), _replaced(3), _same(13))
    patched = with_patch(whole, 6, 9.2, slice(12, 14), slice(3, 9))
    yield pair("patch", patched, _same(6), _replaced(3.2), _same(14.8))
    flash = whole.copy()
    flash[250:252] = 235
    yield pair("flash", flash, _same(10), _replaced(0.08), _same(13.92))
    moved = joined(cut(whole, 0, 4), cut(whole, 7, 15), cut(whole, 4, 7), cut(whole, 15, SECONDS))
    yield replace(
        pair("moved", moved),
        truth=[
            *_regions(_same(4)),
            Region(kind=RegionKind.MOVED, a_start=4, a_end=7, b_start=12, b_end=15),
            Region(kind=RegionKind.UNCHANGED, a_start=7, a_end=15, b_start=4, b_end=12),
            Region(kind=RegionKind.UNCHANGED, a_start=15, a_end=24, b_start=15, b_end=24),
        ],
    )
    fast = resampled(whole, 1.1)
    retimed = (RegionKind.RETIMED, SECONDS, len(fast) / FPS)
    yield replace(pair("faster", fast), truth=_regions(retimed, rate=1.1))


def look_pairs(seed: int) -> Iterable[EditedVideo]:
    """What `looks` is for: three seconds deleted under a look, and a logo for a part."""
    whole = views.detailed_film(SECONDS, seed)
    start, end = 8 * FPS, 11 * FPS
    looks: Mapping[str, Callable[[views.Pictures], views.Pictures]] = {
        "graded": lambda each: views.graded(each, 0.8, 14.0, 0.6),
        "monochrome": lambda each: views.graded(each, 1.0, 0.0, 0.0),
        "cropped": lambda each: views.cropped(each, 8, 4, 80),
        "letterboxed": lambda each: views.letterboxed(each, 12),
        "mirrored": views.mirrored,
        "logo": views.with_logo,
    }
    a = _seen(views.track(whole, seed))
    deleted = _regions(_same(8), _deleted(3), _same(SECONDS - 11))
    for kind, look in looks.items():
        b = np.concatenate([look(whole[:start]), look(whole[end:])])
        yield EditedVideo(
            kind=kind,
            a=a,
            b=_seen(views.track(b, seed + 1)),
            modality=Modality.VISUAL,
            truth=deleted,
        )
    part = np.concatenate([whole[:start], views.with_logo(whole[start:end]), whole[end:]])
    yield EditedVideo(
        kind="logo for a part",
        a=a,
        b=_seen(views.track(part, seed + 1)),
        modality=Modality.VISUAL,
        truth=_regions(_same(8), _replaced(3), _same(SECONDS - 11)),
    )


def _seen(track: FrameTrack) -> EmbeddedVideo:
    return EmbeddedVideo(tracks={Modality.VISUAL: segment_track(track.fingerprints)}, frames=track)


def page_pairs(seed: int) -> Iterable[EditedVideo]:
    """What `detail` is for: letters that differ for a part, and noise that does not count."""
    text = pages.page(seed)
    changed = text.copy()
    pages.put(changed, 2, 7, pages.letter(7 + seed))
    shown, other = pages.shown(text, 12), pages.shown(changed, 12)
    part = np.concatenate([shown[:40], other[40:80], shown[80:]])
    roll, other_roll = (pages.rolling(each[20:160], 14, 3) for each in (text, changed))
    spans = [_same(4), _replaced(4), _same(4)]
    yield _read("letter for a part", shown, part, spans, noise=1.5, seed=seed)
    yield _read("letter throughout", shown, other, [_replaced(12)], noise=1.5, seed=seed)
    yield _read("only encoded", shown, shown, [_same(12)], noise=3.0, seed=seed)
    # The letter is on the screen from when 60 pixels have rolled by until 256 have, 3 a frame.
    seen = [_same(2.1), _replaced(6.5), _same(5.4)]
    yield _read("letter that rolls", roll, other_roll, seen, noise=1.0, seed=seed)


def _read(
    kind: str, a: UInt8, b: UInt8, truth: Sequence[Spans], noise: float, seed: int
) -> EditedVideo:
    return EditedVideo(
        kind=kind,
        a=_page(pages.encoded(a, noise, seed)),
        b=_page(pages.encoded(b, noise, seed + 1)),
        modality=Modality.VISUAL,
        truth=_regions(*truth),
    )


def _page(pictures: UInt8) -> EmbeddedVideo:
    made = pages.video(pictures)
    track: Future[DetailTrack] = Future()
    track.set_result(made.detail)
    seconds = len(pictures) / pages.FPS
    starts = np.arange(0.0, seconds, 2.0)
    prints = made.frames.fingerprints.astype(np.float32).reshape(len(pictures), -1) - 125
    vectors = np.stack([prints[int(s * pages.FPS) :][: 2 * pages.FPS].mean(axis=0) for s in starts])
    segments = SegmentTrack(vectors=vectors, starts=starts, ends=np.minimum(starts + 2.0, seconds))
    return EmbeddedVideo(
        tracks={Modality.VISUAL: segments}, frames=made.frames, detail=lambda _: track
    )


def sound_pairs(seed: int) -> Iterable[EditedVideo]:
    """What `sound` is for, under a picture that stays as it is."""
    picture = film(SECONDS, seed)
    own, other = sound(seed, SECONDS), sound(seed + 500, SECONDS)
    first, last = round(8 * STEPS_A_SECOND), round(11.2 * STEPS_A_SECOND)
    dubbed = own.copy()
    dubbed[first:last] = other[first:last]
    short = own.copy()
    short[first : first + 5] = other[first : first + 5]
    alike = own.copy()
    alike[first:last] = 0.65 * own[first:last] + 0.35 * other[first:last]
    part = [_same(8), _replaced(3.2), _same(SECONDS - 11.2)]
    yield _heard("only encoded", picture, own, own, [_same(SECONDS)], 0.24, seed)
    yield _heard("dubbed for a part", picture, own, dubbed, part, 0.1, seed)
    yield _heard("mixed anew for a part", picture, own, alike, part, 0.1, seed)
    brief = [_same(8), _replaced(0.1), _same(SECONDS - 8.1)]
    yield _heard("a word", picture, own, short, brief, 0.1, seed)
    yield _heard("late", picture, own, delayed(own, 0.22), [_same(SECONDS)], 0.1, seed)
    yield _heard("late and dubbed", picture, own, delayed(dubbed, 0.22), part, 0.1, seed)
    yield _heard("other sound", picture, own, other, [_replaced(SECONDS)], 0.1, seed)


def _heard(
    kind: str,
    picture: Frames,
    a: Float64,
    b: Float64,
    truth: Sequence[Spans],
    noise: float,
    seed: int,
) -> EditedVideo:
    return EditedVideo(
        kind=kind,
        a=_with_sound(picture, levels(a)),
        b=_with_sound(reencoded(picture), coded(b, noise, seed)),
        modality=Modality.AUDIO,
        truth=_regions(*truth),
    )


def _with_sound(picture: Frames, heard: UInt8) -> EmbeddedVideo:
    frames = replace(
        frame_track(picture),
        sound=heard,
        picture_end=len(picture) / FPS,
        sound_tracks=(SoundTrack(number=1, bands=heard),),
    )
    tracks = {Modality.VISUAL: segment_track(picture), Modality.AUDIO: _sound_vectors(heard)}
    return EmbeddedVideo(tracks=tracks, frames=frames)


def _sound_vectors(heard: UInt8, seconds: float = 2.0) -> SegmentTrack:
    """The mean and the spread of each band, which stand in for an engine's vector."""
    size = round(seconds * STEPS_A_SECOND)
    starts = np.arange(0, len(heard), size)
    bands = heard.astype(np.float32) / 24 - 3
    parts = [bands[start : start + size] for start in starts]
    vectors = np.stack([np.concatenate([each.mean(axis=0), each.std(axis=0)]) for each in parts])
    return SegmentTrack(
        vectors=vectors,
        starts=starts / STEPS_A_SECOND,
        ends=np.minimum(starts + size, len(heard)) / STEPS_A_SECOND,
        fine=_sound_vectors(heard, 0.5) if seconds > 0.5 else None,
    )


PAIRS: Mapping[str, Callable[[int], Iterable[EditedVideo]]] = {
    "frames": film_pairs,
    "looks": look_pairs,
    "detail": page_pairs,
    "sound": sound_pairs,
}
