"""Which engine a request gets, and what of a video or a request each engine refuses."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.embed.engines.catalogue import Catalogue, check_request
from services.embed.ports import Availability, EngineResult, EngineSpec, Run, TrackSpec
from services.embed.tasks.task_state import Modality, Task
from services.servicekit.errors import SageError
from tests.fixtures.tasks import make_video

_SPEC = EngineSpec(
    name="vendor",
    display_name="The vendor",
    model="model-1",
    tracks=(
        TrackSpec(modality=Modality.VISUAL, dimension=512),
        TrackSpec(modality=Modality.AUDIO, dimension=512),
    ),
    min_segment=2.0,
    max_segment=10.0,
    max_duration=3600.0,
    max_size_bytes=2_000_000,
    min_side=360,
    max_sides=(3840, 2160),
    vendor="vendor",
)


class _Engine:
    """Has a name, and works or not."""

    slots = 1

    def __init__(self, spec: EngineSpec, works: bool) -> None:
        self.spec = spec
        self.works = works

    async def availability(self, workspace: str) -> Availability:
        return Availability(available=self.works, reason="" if self.works else "It needs a key.")

    async def embed(self, run: Run) -> EngineResult:
        raise AssertionError("nobody asked for vectors")

    async def discard(self, task: Task) -> None:
        raise AssertionError("nobody made anything")


def _catalogue(**works: bool) -> Catalogue:
    return Catalogue([_Engine(replace(_SPEC, name=name), it) for name, it in works.items()])


async def test_without_a_name_the_best_engine_that_works_is_chosen() -> None:
    assert (await _catalogue(best=True, second=True).choose("", "w1")).name == "best"
    assert (await _catalogue(best=False, second=True).choose("", "w1")).name == "second"


async def test_those_that_work_are_listed_first_and_the_better_ones_before_the_others() -> None:
    listed = await _catalogue(a=False, b=True, c=False, d=True).all("w1")
    assert [spec.name for spec, _ in listed] == ["b", "d", "a", "c"]


async def test_a_named_engine_is_never_replaced_by_another() -> None:
    with pytest.raises(SageError, match="It needs a key") as caught:
        await _catalogue(best=False, second=True).choose("best", "w1")
    assert caught.value.reason_name == "ENGINE_UNAVAILABLE"
    assert caught.value.metadata == {"engine": "best"}


async def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(SageError, match=re.escape("Choose one of best, second.")) as caught:
        await _catalogue(best=True, second=True).choose("bset", "w1")
    assert caught.value.reason_name == "UNKNOWN_ENGINE"


async def test_where_nothing_works_the_best_one_says_why() -> None:
    with pytest.raises(SageError) as caught:
        await _catalogue(best=False, second=False).choose("", "w1")
    assert caught.value.metadata == {"engine": "best"}


def test_a_request_within_all_limits_is_taken() -> None:
    check_request(_SPEC, make_video(), 2.0, ())
    check_request(_SPEC, make_video(has_audio=False), 10.0, [Modality.VISUAL, Modality.AUDIO])


@pytest.mark.parametrize(
    ("video", "words"),
    [
        ({"duration": 3601.0}, "takes videos up to 3600 s; this one has 3601 s"),
        ({"size_bytes": 2_000_001}, "takes files up to 2000000 bytes; this one has 2000001"),
        ({"height": 358}, "takes pictures from 360 pixels on each side; these are 640x358"),
        ({"width": 4096, "height": 2160}, "takes pictures up to 3840x2160; these are 4096x2160"),
        ({"width": 2200, "height": 2200}, "takes pictures up to 3840x2160; these are 2200x2200"),
    ],
)
def test_a_video_beyond_a_limit_is_told_the_limit_and_its_own(
    video: dict[str, Any], words: str
) -> None:
    with pytest.raises(SageError, match=f"The vendor {words}") as caught:
        check_request(_SPEC, make_video(**video), 2.0, ())
    assert caught.value.reason_name == "ENGINE_LIMIT_EXCEEDED"


@given(st.integers(360, 3840), st.integers(360, 3840))
def test_a_picture_may_stand_or_lie(width: int, height: int) -> None:
    def taken(video_width: int, video_height: int) -> bool:
        try:
            check_request(_SPEC, make_video(width=video_width, height=video_height), 2.0, ())
        except SageError:
            return False
        return True

    assert taken(width, height) == taken(height, width) == (min(width, height) <= 2160)


@pytest.mark.parametrize("segment", [1.9, 10.1])
def test_segments_have_a_shortest_and_a_longest(segment: float) -> None:
    with pytest.raises(SageError, match=f"2 to 10 s, not {segment} s") as caught:
        check_request(_SPEC, make_video(), segment, ())
    assert caught.value.reason_name == "UNSUPPORTED_BY_ENGINE"


def test_some_engines_take_whole_seconds_only() -> None:
    whole = replace(_SPEC, whole_seconds=True)
    check_request(whole, make_video(), 3.0, ())
    with pytest.raises(SageError, match=r"whole seconds, not 2\.5 s"):
        check_request(whole, make_video(), 2.5, ())


def test_what_an_engine_does_not_make_is_not_asked_of_it() -> None:
    with pytest.raises(SageError, match="does not offer transcription") as caught:
        check_request(_SPEC, make_video(), 2.0, [Modality.TRANSCRIPTION])
    assert caught.value.reason_name == "UNSUPPORTED_BY_ENGINE"


def test_a_silent_video_has_no_sound_to_embed() -> None:
    silent = make_video(has_audio=False)
    with pytest.raises(SageError, match=r"film\.mp4 has no sound") as caught:
        check_request(_SPEC, silent, 2.0, [Modality.AUDIO])
    assert caught.value.reason_name == "NO_AUDIO"
    assert caught.value.metadata == {"name": "videos/v1"}


def test_an_engine_without_limits_takes_everything() -> None:
    boundless = replace(_SPEC, max_duration=None, max_size_bytes=0, min_side=0, max_sides=None)
    check_request(boundless, make_video(duration=1e6, size_bytes=1 << 50, width=1), 2.0, ())
