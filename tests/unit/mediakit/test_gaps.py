"""Hours without a picture are found when a file arrives, though only a little of it is read."""

from __future__ import annotations

import io
import math
import tempfile
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.mediakit import gaps
from services.mediakit.container import open_media
from services.mediakit.decoding import Decoded, decode
from services.mediakit.errors import MediaError, MediaReason
from services.mediakit.limits import MAX_GAP_SECONDS, SPARSE_BYTES_PER_SECOND
from services.mediakit.probe import probe
from tests.fixtures.damage import Codec, stamped_video
from tests.unit.embed.engines.local.embedding import embed

_SECONDS = [*range(0, 200, 3), 199, *range(900, 1100, 3)]
_WITH_AN_INDEX: dict[str, Codec] = {
    "mkv": "mjpeg",
    "mp4": "mjpeg",
    "mov": "mjpeg",
    "avi": "mjpeg",
    "nut": "mpeg4",
}
_WITHOUT: dict[str, Codec] = {
    "ts": "mpeg2video",
    "m2ts": "mpeg2video",
    "mpg": "mpeg2video",
    "flv": "flv",
    "ogv": "libvpx",
    "wmv": "mpeg4",
    "ivf": "libvpx",
}
_CONTAINERS = {**_WITH_AN_INDEX, **_WITHOUT}


def _video(folder: Path, container: str, seconds: Sequence[float], picture_bytes: int) -> Path:
    """A file that holds so much for its length that not all of its packets are read anyway."""
    codec = _CONTAINERS[container]
    path = folder / f"video.{container}"
    file = stamped_video(path, seconds, picture_bytes=picture_bytes, codec=codec)
    assert file.stat().st_size > SPARSE_BYTES_PER_SECOND * seconds[-1]
    return file


def _looking_costs_at_most(size: int, patch: pytest.MonkeyPatch) -> None:
    """Files that take more than `size` bytes are large ones."""
    patch.setattr(gaps, "_MOST_BYTES", size)
    patch.setattr(gaps, "_MOST_SHARE", 0.0)


@pytest.fixture(scope="module", params=_CONTAINERS)
def with_a_gap(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of each container whose stamps jump forward by eleven minutes."""
    return _video(tmp_path_factory.mktemp("gap"), request.param, _SECONDS, 20_000)


def test_a_gap_is_refused_whatever_the_container(with_a_gap: Path) -> None:
    with pytest.raises(MediaError, match="Between 3 min 19 s and 15 min 0 s") as caught:
        probe(with_a_gap)
    assert caught.value.reason is MediaReason.GAP_TOO_LONG


def test_and_in_files_too_large_to_be_read(
    with_a_gap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _looking_costs_at_most(with_a_gap.stat().st_size * 2 // 3, monkeypatch)
    with pytest.raises(MediaError, match="Between 3 min 19 s and 15 min 0 s") as caught:
        probe(with_a_gap)
    assert caught.value.reason is MediaReason.GAP_TOO_LONG


def test_stamps_of_a_transport_stream_that_jump_by_hours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [*range(60), *range(3 * 3600, 3 * 3600 + 60)]
    file = _video(tmp_path, "ts", seconds, 200_000)
    with pytest.raises(MediaError, match="Between 0 min 59 s and 3 h 0 min"):
        probe(file)
    _looking_costs_at_most(file.stat().st_size // 2, monkeypatch)
    with pytest.raises(MediaError, match="Between 0 min 59 s and 3 h 0 min"):
        probe(file)


class _Counted(io.BytesIO):
    """A file that knows how many of its bytes were read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.count += len(data)
        return data


def test_of_a_large_stream_little_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _video(tmp_path, "ts", range(0, 2000, 5), 60_000).read_bytes()
    _looking_costs_at_most(8 << 20, monkeypatch)
    file = _Counted(whole)
    assert probe(file).duration == pytest.approx(2000, abs=6)
    assert file.count < len(whole) * 2 / 3


@pytest.mark.parametrize("container", _CONTAINERS)
def test_pictures_may_stand_for_as_long_as_the_limit(
    container: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0, 1.0, *(1.0 + MAX_GAP_SECONDS * number for number in range(1, 4))]
    file = _video(tmp_path, container, seconds, 800_000)
    probe(file)
    _looking_costs_at_most(file.stat().st_size - 1, monkeypatch)
    probe(file)


@pytest.mark.parametrize(("container", "codec"), [("mxf", "mpeg2video"), ("wmv", "mpeg4")])
def test_a_container_without_any_index_is_a_video(
    container: str, codec: Codec, tmp_path: Path
) -> None:
    file = stamped_video(
        tmp_path / f"short.{container}",
        [number / 25 for number in range(50)],
        picture_bytes=4000,
        codec=codec,
    )
    assert probe(file).duration == pytest.approx(2, abs=0.1)


_steps = st.lists(st.floats(1, 1.2 * MAX_GAP_SECONDS), min_size=1, max_size=12)


@example([414.0, 505.0, 526.0, 1.0, 337.0, 601.0], "ts")
@settings(max_examples=15)
@given(_steps, st.sampled_from(["ts", "mpg", "ogv"]))
def test_a_large_file_without_an_index_is_refused_exactly_for_its_longest_gap(
    steps: list[float], container: str
) -> None:
    """Each step is followed by three seconds of pictures, half a second apart."""
    begins = accumulate((step + 3 for step in steps), initial=0.0)
    seconds = [begin + half / 2 for begin in begins for half in range(7)]
    longest = max(later - sooner for sooner, later in pairwise(seconds))
    size = int(SPARSE_BYTES_PER_SECOND * 1.5 * seconds[-1] / len(seconds))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        file = _video(Path(folder), container, seconds, size)
        patch.setattr(gaps, "_MOST_BYTES", file.stat().st_size - 1)
        # Of so few pictures, those around each place are a good part of the file.
        patch.setattr(gaps, "_MOST_SHARE", 10.0)
        if longest > MAX_GAP_SECONDS + 0.1:
            with pytest.raises(MediaError):
                probe(file)
        elif longest < MAX_GAP_SECONDS - 0.1:
            probe(file)


# Where pictures begin anew, and how many follow, in sevens of seconds: no step is just the limit.
# Fewer may be what a decoder puts in order.
_runs = st.lists(st.tuples(st.integers(0, 300), st.integers(17, 60)), min_size=1, max_size=5)


@example([(0, 20), (700, 20), (20, 40)], "ogv")
@example([(0, 20), (150, 20), (20, 200)], "mkv")  # what comes later would fill the gap
@example([(0, 20), (700, 20), (20, 40)], "ts")  # stamps that wrap, which nothing shows
@settings(max_examples=20)
@given(_runs, st.sampled_from(["ts", "ogv", "mkv"]))
def test_of_a_small_file_all_is_refused_that_a_pass_would_refuse(
    runs: list[tuple[int, int]], container: str
) -> None:
    """And nothing else, however its stamps jump."""
    # No stamp comes twice: an index would list the later one alone.
    seconds = [
        7 * (begin + number) + place / 10
        for place, (begin, count) in enumerate([(0, 2), *runs])
        for number in range(count)
    ]
    refused: list[bool] = []
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("services.mediakit.probe.SPARSE_BYTES_PER_SECOND", 0)
        path = Path(folder) / f"video.{container}"
        file = stamped_video(path, seconds, codec=_CONTAINERS[container])
        for whole in (probe, _pass_over):
            try:
                whole(file)
                refused.append(False)
            except MediaError as error:
                refused.append(error.reason is MediaReason.GAP_TOO_LONG)
    assert refused[0] == refused[1]


def _pass_over(file: Path) -> None:
    with open_media(file) as media:
        for _ in decode(media, Decoded(), sound=False):
            pass


@given(st.lists(st.integers(-5, 60)), st.data())
def test_what_is_shown_rises_and_comes_in_the_order_of_decoders(
    times: list[int], data: st.DataObject
) -> None:
    shown = list(gaps.as_shown(times))
    assert shown == sorted({time for time in shown if time >= 0})
    if times and max(times) >= 0:
        assert shown[-1] == max(times)
    # A few pictures that are stored before others and shown behind them change nothing.
    rising = sorted({time for time in times if time >= 0})
    mixed = [
        time
        for first in range(0, len(rising), 8)
        for time in data.draw(st.permutations(rising[first : first + 8]))
    ]
    assert list(gaps.as_shown(mixed)) == rising


@pytest.mark.parametrize("container", ["mkv", "mp4"])
def test_key_frames_may_be_further_apart_than_pictures(container: str, tmp_path: Path) -> None:
    file = stamped_video(
        tmp_path / f"keys.{container}", range(0, 1400, 10), picture_bytes=40_000, key_every=70
    )
    assert probe(file).duration == pytest.approx(1390, abs=1)


def test_what_would_cost_too_much_to_find_is_left_to_who_reads_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _looking_costs_at_most(1000, monkeypatch)
    file = _video(tmp_path, "mkv", _SECONDS, 20_000)
    assert probe(file).duration == pytest.approx(1100, abs=4)
    with pytest.raises(MediaError) as caught:
        embed(file)
    assert caught.value.reason is MediaReason.GAP_TOO_LONG


@given(st.lists(st.floats(0, 1000)).map(sorted), st.floats(1, 500))
def test_every_long_step_is_found_by_looking_at_few(values: list[float], length: float) -> None:
    looked: list[int] = []

    def value(number: int) -> float:
        looked.append(number)
        return values[number]

    found = list(gaps.steps_over(length, value, len(values)))
    assert found == [(a, b) for a, b in pairwise(values) if b - a > length]
    if values:
        # On each level of halving, no more spans are longer than fit side by side into the whole.
        spans = (values[-1] - values[0]) / length + 1
        assert len(looked) <= 4 * (spans + 1) * (math.log2(len(values)) + 2)
