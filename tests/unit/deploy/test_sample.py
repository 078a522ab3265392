"""The sample films: short, and one of each kind of difference between them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from deploy.sample.film import FIRST_CUT, FRAME_RATE, SECOND_CUT, Shot, write_film
from deploy.sample.scenes import DRAWINGS, HEIGHT, WIDTH, sound


def test_the_cuts_differ_in_each_way_once() -> None:
    first, second = ({shot.scene for shot in cut} for cut in (FIRST_CUT, SECOND_CUT))
    assert first - second == {"rings"}
    assert second - first == {"curtain", "stars"}
    order = [shot.scene for shot in SECOND_CUT]
    assert order.index("rain") < order.index("waves")
    assert [shot.scene for shot in SECOND_CUT if shot.speed != 1] == ["mosaic"]


@pytest.mark.parametrize("scene", DRAWINGS)
def test_a_scene_moves_and_is_heard(scene: str) -> None:
    pictures = [DRAWINGS[scene](time) for time in (0.0, 1.0)]
    assert all(picture.shape == (HEIGHT, WIDTH, 3) for picture in pictures)
    assert (pictures[0] != pictures[1]).any()
    heard = sound(scene, np.linspace(0, 1, 1000))
    assert 0.1 < np.abs(heard).max() <= 1


def test_no_two_scenes_look_alike() -> None:
    pictures = [drawing(1.0).astype(float) for drawing in DRAWINGS.values()]
    for number, one in enumerate(pictures):
        for other in pictures[number + 1 :]:
            assert np.abs(one - other).mean() > 20


def test_a_film_has_the_frames_of_its_shots(tmp_path: Path) -> None:
    shots = [Shot(scene="waves", end=0.4), Shot(scene="stars", end=0.5, speed=1.25)]
    write_film(tmp_path / "film.mp4", shots, crf=30)
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert sum(1 for _ in film.decode(video=0)) == sum(shot.frames for shot in shots) == 20
        assert film.streams.video[0].average_rate == FRAME_RATE
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.duration == pytest.approx(0.8 * av.time_base, abs=0.05 * av.time_base)
